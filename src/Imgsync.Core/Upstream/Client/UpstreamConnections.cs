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
    private readonly UpstreamPlaces _places;

    // By the file of the authorities that may vouch for a server there: connections are never shared across it.
    private readonly Dictionary<string, (HttpClient Configured, HttpClient Redirected)> _clients = new(StringComparer.Ordinal);

    public UpstreamConnections(
        UpstreamOptions options, UpstreamPlaces places, TimeProvider time, ILogger logger, Func<IPAddress, bool> isPrivate)
    {
        (_places, _refuses) = (places, isPrivate);
        foreach (var place in places.All.DistinctBy(place => place.CaFile, StringComparer.Ordinal))
            _clients[place.CaFile ?? ""] = (Build(place, ConnectAnywhereAsync), Build(place, ConnectPubliclyAsync));

        HttpClient Build(UpstreamPlace place, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect)
        {
            // Redirects are followed one by one under RedirectRules.
            var setting = place.CaFile == options.CaFile ? "upstream.caFile" : place.CaSetting;
            var sockets = HttpClients.Sockets(options.IdleTimeout, ExtraAuthorities.Trust(place.CaFile, setting));
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
        var (configured, redirected) = _clients[_places.Around(start).CaFile ?? ""];
        var sameHost = string.Equals(url.IdnHost, start.IdnHost, StringComparison.OrdinalIgnoreCase);
        if (sameHost || _isPrivate.GetValueOrDefault(start.IdnHost))
            return configured;
        if (IPAddress.TryParse(url.IdnHost, out var address) && _refuses(address))
            throw Refusal(url.IdnHost);

        // Behind a proxy that the operator configured, the proxy makes the connection, and it may well be in a private network.
        return HttpClient.DefaultProxy.IsBypassed(url) || HttpClient.DefaultProxy.GetProxy(url) is null ? redirected : configured;
    }

    public void Dispose()
    {
        foreach (var (configured, redirected) in _clients.Values)
        {
            configured.Dispose();
            redirected.Dispose();
        }
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
