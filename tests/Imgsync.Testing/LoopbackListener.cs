using System.Net;
using System.Net.Sockets;

namespace Imgsync.Testing;

/// <summary>Accepts connections on loopback, each served by itself. Disposing it ends them all, and waits until they have ended.</summary>
internal sealed class LoopbackListener : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly Func<Socket, CancellationToken, Task> _serve;
    private readonly TcpListener _listener;
    private readonly Task _accepting;

    /// <param name="serve">Serves one connection; what its client does wrong is no reason to throw.</param>
    /// <param name="address">Any address of 127.0.0.0/8 works on Linux; by default 127.0.0.1.</param>
    /// <param name="receiveBuffer">How many bytes the kernel takes of a client before they are read; null for what it likes, which
    /// may be megabytes.</param>
    public LoopbackListener(Func<Socket, CancellationToken, Task> serve, IPAddress? address = null, int? receiveBuffer = null)
    {
        _serve = serve;
        _listener = new TcpListener(address ?? IPAddress.Loopback, port: 0);
        if (receiveBuffer is { } bytes)
            _listener.Server.ReceiveBufferSize = bytes;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>The target by way of this listener.</summary>
    public Uri To(Uri target, string? scheme = null) =>
        new UriBuilder(target) { Scheme = scheme ?? target.Scheme, Host = $"{Address.Address}", Port = Address.Port }.Uri;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(_serve(await _listener.AcceptSocketAsync(_closing.Token), _closing.Token));
        }
        catch (Exception end)
            when (end is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            await Task.WhenAll(connections);
        }
    }
}
