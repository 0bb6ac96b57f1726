using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Imgsync.Testing.Http;

/// <summary>
/// Speaks TLS in front of a real service, as a load balancer does, and lets nobody through who does not show the one client
/// certificate it knows.
/// </summary>
public sealed class TlsFront : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);
    private readonly ConcurrentQueue<string> _shown = new();
    private readonly Uri _target;
    private readonly SslServerAuthenticationOptions _tls;
    private readonly Task _accepting;

    /// <param name="certificate">Shown to clients.</param>
    /// <param name="client">The certificate that clients must show.</param>
    public TlsFront(Uri target, X509Certificate2 certificate, X509Certificate2 client, SslProtocols protocol = SslProtocols.None)
    {
        _target = target;
        _tls = new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = true,
            EnabledSslProtocols = protocol,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(client.RawData),
        };
        _listener.Start();
        Url = new UriBuilder(target) { Scheme = "https", Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _accepting = AcceptAsync();
    }

    /// <summary>The target by way of this front.</summary>
    public Uri Url { get; }

    /// <summary>The subjects of the certificates that were let through, one for each connection.</summary>
    public IReadOnlyList<string> Shown => [.. _shown];

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
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_closing.Token)));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using var server = new TcpClient();
            await using var secure = new SslStream(client.GetStream());
            await secure.AuthenticateAsServerAsync(_tls, _closing.Token);
            _shown.Enqueue(secure.RemoteCertificate!.Subject);

            await server.ConnectAsync(_target.Host, _target.Port, _closing.Token);
            var plain = server.GetStream();
            await Task.WhenAny(secure.CopyToAsync(plain, _closing.Token), plain.CopyToAsync(secure, _closing.Token));
        }
        catch (Exception gone) when (gone is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            // Turned away, or gone: the client's side of the story is what tests look at.
        }
        finally
        {
            client.Dispose();
        }
    }
}
