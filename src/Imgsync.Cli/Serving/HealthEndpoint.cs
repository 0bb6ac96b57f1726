using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Imgsync.Core;

namespace Imgsync.Cli.Serving;

/// <summary>Answers two questions over HTTP/1.1: <c>/livez</c>, whether the process keeps its schedule, and <c>/healthz</c>, whether
/// the last run ended well.</summary>
/// <remarks>A server of the framework's would make the program twice as large for two answers. This one reads a request's head, bounded in
/// size and time, answers and closes.</remarks>
internal sealed class HealthEndpoint : IAsyncDisposable
{
    private const int LongestHead = 8 * 1024;
    private const int MostAtOnce = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener;
    private readonly ServeHealth _health;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _free = new(MostAtOnce);
    private readonly Task _accepting;

    private HealthEndpoint(TcpListener listener, ServeHealth health)
    {
        (_listener, _health) = (listener, health);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens; the port is the one that the system gave where 0 was asked for.</summary>
    public EndPoint Address => _listener.LocalEndpoint;

    /// <param name="address">An IP address and a port.</param>
    /// <exception cref="ConfigurationException">It is none, or cannot be listened at.</exception>
    public static HealthEndpoint Open(string address, ServeHealth health)
    {
        if (!IPEndPoint.TryParse(address, out var endpoint) || !address.Contains(':', StringComparison.Ordinal) || address.EndsWith(']'))
            throw new ConfigurationException(
                $"serve.health is '{address.Shortened()}': it must be an IP address and a port, such as 127.0.0.1:8086 or 0.0.0.0:8086.");

        var listener = new TcpListener(endpoint);
        try
        {
            listener.Start();
            return new HealthEndpoint(listener, health);
        }
        catch (SocketException exception)
        {
            listener.Dispose();
            throw new ConfigurationException(
                $"serve.health is '{endpoint}', which cannot be listened at: {exception.Message.TrimEnd('.')}; name another one, or none.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _free.WaitAsync(_stop.Token);
                _ = AnswerAsync(await _listener.AcceptSocketAsync(_stop.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped; or a caller that was gone before we looked, and the next one is waited for.
            }
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await stream.WriteAsync(Answer(await HeadAsync(stream, patience.Token)), patience.Token);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // The caller is slow or gone; nobody is left to tell.
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>The request's head; what of it came, where it does not end.</summary>
    private static async Task<string> HeadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var head = new byte[LongestHead];
        var length = 0;
        while (length < head.Length && await stream.ReadAsync(head.AsMemory(length), cancellationToken) is > 0 and var read)
        {
            length += read;
            if (head.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
                break;
        }

        return Encoding.Latin1.GetString(head, 0, length);
    }

    private byte[] Answer(string head)
    {
        var health = _health.IsGood ? "200 OK" : "503 Service Unavailable";
        var (status, body) = head.Split('\n')[0].TrimEnd('\r').Split(' ') switch
        {
            _ when !head.Contains("\r\n\r\n", StringComparison.Ordinal) => ("400 Bad Request", ""),
            ["GET" or "HEAD", "/livez", "HTTP/1.1" or "HTTP/1.0"] => ("200 OK", _health.Json()),
            ["GET" or "HEAD", "/healthz", "HTTP/1.1" or "HTTP/1.0"] => (health, _health.Json()),
            ["GET" or "HEAD", _, "HTTP/1.1" or "HTTP/1.0"] => ("404 Not Found", ""),
            [_, _, "HTTP/1.1" or "HTTP/1.0"] => ("405 Method Not Allowed\r\nAllow: GET, HEAD", ""),
            _ => ("400 Bad Request", ""),
        };
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n"
                + $"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n");
        return Encoding.UTF8.GetBytes(head.StartsWith("HEAD ", StringComparison.Ordinal) ? text : text + body);
    }
}
