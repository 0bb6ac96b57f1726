using System.Net.Sockets;
using System.Text;

namespace Imgsync.Testing;

/// <summary>What the first lines of a request say.</summary>
/// <param name="Bytes">Everything read so far; a part of the body may have come along.</param>
internal sealed record RequestHead(string Method, string Target, byte[] Bytes, int Length)
{
    private static readonly byte[] End = "\r\n\r\n"u8.ToArray();

    /// <summary>As the server shall see it: it closes the connection after its answer.</summary>
    public byte[] Forwarded => [.. Bytes[..(Length - 2)], .. Encoding.ASCII.GetBytes("Connection: close\r\n\r\n")];

    public byte[] Rest => Bytes[Length..];

    public static async Task<RequestHead?> ReadAsync(Socket client, CancellationToken cancellationToken)
    {
        var bytes = new byte[64 * 1024];
        var filled = 0;
        while (filled < bytes.Length && await client.ReceiveAsync(bytes.AsMemory(filled), cancellationToken) is > 0 and var received)
        {
            filled += received;
            if (bytes.AsSpan(0, filled).IndexOf(End) is >= 0 and var end)
            {
                var line = Encoding.ASCII.GetString(bytes, 0, bytes.AsSpan().IndexOf((byte)'\r')).Split(' ');
                return new RequestHead(line[0], line[1], bytes[..filled], end + End.Length);
            }
        }

        return null;
    }
}
