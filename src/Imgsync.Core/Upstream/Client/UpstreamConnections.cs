using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Imgsync.Core.Configuration;
using Imgsync.Core.Http;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Two ways out. What the operator configured may be anywhere, a private network included. Where a redirect leads
/// was chosen by somebody else, and must not be a way into the operator's network. What counts is the address a connection
/// was made to, because a name may resolve to another one a moment later.</summary>
internal sealed class UpstreamConnections : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _isPrivate = new(StringComparer.OrdinalIgnoreCase);
    private readonly Func<IPAddress, bool> _refuses;
    private readonly HttpClient _configured;
    private readonly HttpClient _redirected;

    public UpstreamConnections(UpstreamOptions options, TimeProvider time, ILogger logger, Func<IPAddress, bool> isPrivate)
    {
        _refuses = isPrivate;
        _configured = Build(ConnectAnywhereAsync);
        _redirected = Build(ConnectPubliclyAsync);

        HttpClient Build(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect)
        {
            // Redirects are followed one by one under RedirectRules.
            var sockets = HttpClients.Sockets(options.IdleTimeout, ExtraAuthorities.Trust(options.CaFile, "upstream.caFile"));
            sockets.ConnectCallback = connect;
            var client = HttpClients.Open(sockets, options.Retries, options.IdleTimeout, time, logger);
            client.DefaultRequestHeaders.Add("User-Agent", "imgsync");
            client.DefaultRequestHeaders.Add("Accept-Encoding", "identity");
            return client;
        }
    }

    /// <summary>The way to <paramref name="url"/> for a request that began at <paramref name="start"/>.</summary>
    public HttpClient To(Uri url, Uri start)
    {
        var sameHost = string.Equals(url.IdnHost, start.IdnHost, StringComparison.OrdinalIgnoreCase);
        if (sameHost || _isPrivate.GetValueOrDefault(start.IdnHost))
            return _configured;
        if (IPAddress.TryParse(url.IdnHost, out var address) && _refuses(address))
            throw Refusal(url.IdnHost);

        // Behind a proxy that the operator configured, the proxy makes the connection, and it may well be in a private network.
        return HttpClient.DefaultProxy.IsBypassed(url) || HttpClient.DefaultProxy.GetProxy(url) is null ? _redirected : _configured;
    }

    public void Dispose()
    {
        _configured.Dispose();
        _redirected.Dispose();
    }

    private async ValueTask<Stream> ConnectAnywhereAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = await ConnectAsync(
            await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken), context, cancellationToken);
        _isPrivate[context.DnsEndPoint.Host] = socket.RemoteEndPoint is IPEndPoint { Address: var address } && _refuses(address);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async ValueTask<Stream> ConnectPubliclyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var allowed = addresses.Where(address => !_refuses(address)).ToArray();
        return allowed.Length > 0
            ? new NetworkStream(await ConnectAsync(allowed, context, cancellationToken), ownsSocket: true)
            : throw Refusal(context.DnsEndPoint.Host);
    }

    private static async Task<Socket> ConnectAsync(
        IPAddress[] addresses, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static UpstreamException Refusal(string host) =>
        new(
            $"Upstream redirects to {host}, which is an address of a private network, and a redirect must not lead there; point the "
                + "publisher's base URL at that place if it is a mirror of yours.");
}
