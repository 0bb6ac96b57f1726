using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Imgsync.Testing.Http;

/// <summary>One connection of a <see cref="ScriptedServer"/>: reads requests, sends answers, breaks off where told to.</summary>
internal sealed class ScriptedConnection(Socket socket, Stream stream) : IAsyncDisposable
{
    // Reading is buffered, writing is not: what a script sends must be on the wire before the next fault.
    private readonly BufferedStream _input = new(stream);

    public static async Task<ScriptedConnection> OpenAsync(
        Socket socket, X509Certificate2? certificate, CancellationToken cancellationToken)
    {
        socket.NoDelay = true;
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (certificate is not null)
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
            stream = secure;
        }

        return new ScriptedConnection(socket, stream);
    }

    public async Task ServeAsync(Func<ScriptedRequest, Answer> choose, Action<ScriptedRequest> log, CancellationToken cancellationToken)
    {
        while (await ReadHeadAsync(cancellationToken) is { } head)
        {
            var answer = choose(head);
            var request = answer.Early ? head : head with { Body = await ReadBodyAsync(head, cancellationToken) };
            log(request);
            var reusable = await SendAsync(request, answer, cancellationToken);
            if (!reusable || answer.Early || string.Equals(request["Connection"], "close", StringComparison.OrdinalIgnoreCase))
                return;
        }
    }

    public async ValueTask DisposeAsync() => await stream.DisposeAsync();

    private async Task<ScriptedRequest?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(cancellationToken) is not { Length: > 0 } requestLine)
            return null;

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(cancellationToken) is { Length: > 0 } line)
            headers[line.Split(':', 2)[0]] = line.Split(':', 2)[1].Trim();

        var words = requestLine.Split(' ');
        return new ScriptedRequest(words[0], words[1], headers, []);
    }

    private async Task<byte[]> ReadBodyAsync(ScriptedRequest request, CancellationToken cancellationToken)
    {
        if (string.Equals(request["Expect"], "100-continue", StringComparison.OrdinalIgnoreCase))
            await WriteAsync("HTTP/1.1 100 Continue\r\n\r\n", cancellationToken);
        if (!string.Equals(request["Transfer-Encoding"], "chunked", StringComparison.OrdinalIgnoreCase))
            return await ReadExactlyAsync(int.Parse(request["Content-Length"] ?? "0", CultureInfo.InvariantCulture), cancellationToken);

        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse(await ReadLineAsync(cancellationToken) ?? "0", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            await body.WriteAsync(await ReadExactlyAsync(size, cancellationToken), cancellationToken);
            await ReadLineAsync(cancellationToken);
            if (size == 0)
                return body.ToArray();
        }
    }

    /// <returns>Whether the connection can take another request.</returns>
    private async Task<bool> SendAsync(ScriptedRequest request, Answer answer, CancellationToken cancellationToken)
    {
        if (answer.FaultAfter < 0)
            return await BreakAsync(answer.Fault, cancellationToken);

        var headers = answer.Headers.Select(header => $"{header.Key}: {header.Value}\r\n");
        var length = answer.ClaimedLength is { } claimed ? $"Content-Length: {claimed}\r\n" : "Connection: close\r\n";
        await WriteAsync($"HTTP/1.1 {answer.Status} Scripted\r\n{string.Concat(headers)}{length}\r\n", cancellationToken);
        if (string.Equals(request.Method, "HEAD", StringComparison.Ordinal))
            return true;

        var sent = 0L;
        await foreach (var part in answer.Body.WithCancellation(cancellationToken))
        {
            var allowed = (int)Math.Min(part.Length, answer.FaultAfter - sent);
            await stream.WriteAsync(part.AsMemory(0, allowed), cancellationToken);
            sent += allowed;
            if (sent == answer.FaultAfter)
                return await BreakAsync(answer.Fault, cancellationToken);
        }

        return sent == answer.ClaimedLength;
    }

    private async Task<bool> BreakAsync(AnswerFault fault, CancellationToken cancellationToken)
    {
        if (fault == AnswerFault.Stall)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (fault == AnswerFault.Reset)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
        }

        return false;
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var next = new byte[1];
        while (await _input.ReadAsync(next, cancellationToken) == 1)
        {
            if (next[0] == '\n')
                return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
            line.Add(next[0]);
        }

        return null;
    }

    private async Task<byte[]> ReadExactlyAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await _input.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken) =>
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
}
