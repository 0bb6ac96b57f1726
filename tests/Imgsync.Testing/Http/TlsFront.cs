using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Imgsync.Testing.Http;

/// <summary>Speaks TLS in front of a real service, as a load balancer does, and lets nobody through
/// who does not show the one client certificate it knows.</summary>
public sealed class TlsFront : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly ConcurrentQueue<string> _shown = new();
    private readonly Uri _target;
    private readonly SslServerAuthenticationOptions _tls;

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
            RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(client.RawData),
        };
        _listener = new LoopbackListener(ServeAsync);
        Url = _listener.To(target, "https");
    }

    /// <summary>The target by way of this front.</summary>
    public Uri Url { get; }

    /// <summary>The subjects of the certificates that were let through, one for each connection.</summary>
    public IReadOnlyList<string> Shown => [.. _shown];

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(Socket client, CancellationToken closing)
    {
        try
        {
            using var server = new TcpClient();
            await using var secure = new SslStream(new NetworkStream(client, ownsSocket: true));
            await secure.AuthenticateAsServerAsync(_tls, closing);
            _shown.Enqueue(secure.RemoteCertificate!.Subject);

            await server.ConnectAsync(_target.Host, _target.Port, closing);
            var plain = server.GetStream();
            await Task.WhenAny(secure.CopyToAsync(plain, closing), plain.CopyToAsync(secure, closing));
        }
        catch (Exception gone) when (gone is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            // Turned away, or gone: the client's side of the story is what tests look at.
        }
    }
}
