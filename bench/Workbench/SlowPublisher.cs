using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Imgsync.Workbench;

/// <summary>Serves one image over HTTP/1.1, in ranges, holds every answer back and limits the rate of each connection. The image repeats
/// a pattern whose length no part is a multiple of, so that a part in the wrong place shows in the digest.</summary>
internal sealed class SlowPublisher : IDisposable
{
    private const string ETag = "\"1\"";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private static readonly byte[] Pattern = MakePattern();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly long _length;
    private readonly int _bytesPerSecond;
    private readonly TimeSpan _delay;
    private int _connections;

    /// <param name="bytesPerSecond">Of each connection; zero for no limit.</param>
    public SlowPublisher(long length, int bytesPerSecond, TimeSpan delay)
    {
        (_length, _bytesPerSecond, _delay) = (length, bytesPerSecond, delay);
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/image");

    /// <summary>How many connections have been made.</summary>
    public int Connections => _connections;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The measurement is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            using (client)
            {
                client.NoDelay = true;
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
                while (await ReadRangeAsync(reader) is var (from, to, isPart))
                {
                    await Task.Delay(_delay, _stop.Token);
                    var head = isPart
                        ? $"206 Partial Content\r\nContent-Range: bytes {from}-{to}/{_length}"
                        : "200 OK\r\nAccept-Ranges: bytes";
                    await stream.WriteAsync(Encoding.Latin1.GetBytes(
                        string.Create(
                            CultureInfo.InvariantCulture, $"HTTP/1.1 {head}\r\nETag: {ETag}\r\nContent-Length: "
                                + $"{to - from + 1}\r\n\r\n")), _stop.Token);
                    await SendAsync(stream, from, to + 1);
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has hung up.
        }
    }

    /// <summary>Null at the end of the connection.</summary>
    private async Task<(long From, long To, bool IsPart)?> ReadRangeAsync(StreamReader reader)
    {
        if (await reader.ReadLineAsync(_stop.Token) is not { Length: > 0 })
            return null;

        var range = (From: 0L, To: _length - 1, IsPart: false);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
        {
            if (!line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                continue;

            var ends = line["Range: bytes=".Length..].Split('-');
            range = (Number(ends[0]), ends[1] is "" ? _length - 1 : Number(ends[1]), true);
        }

        return range;
    }

    private async Task SendAsync(NetworkStream stream, long from, long end)
    {
        var tickBytes = _bytesPerSecond == 0 ? long.MaxValue : (long)(_bytesPerSecond * Tick.TotalSeconds);
        using var timer = _bytesPerSecond == 0 ? null : new PeriodicTimer(Tick);
        while (from < end)
        {
            var tickEnd = from + Math.Min(tickBytes, end - from);
            while (from < tickEnd)
            {
                var inPattern = (int)(from % Pattern.Length);
                var count = (int)Math.Min(Math.Min(Pattern.Length - inPattern, tickEnd - from), 1 << 18);
                await stream.WriteAsync(Pattern.AsMemory(inPattern, count), _stop.Token);
                from += count;
            }

            if (timer is not null)
                await timer.WaitForNextTickAsync(_stop.Token);
        }
    }

    private static byte[] MakePattern()
    {
        var pattern = new byte[(1 << 20) + 7];
        new Random(1).NextBytes(pattern);
        return pattern;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
