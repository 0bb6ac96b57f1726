using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Imgsync.Core.Configuration;
using Imgsync.Core.Http;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Two ways out. What the operator configured may be anywhere, a private network included. Where a redirect leads
/// was chosen by somebody else, and must not be a way into the operator's network. What counts is the address a connection
/// is made to, because a name may resolve to another one a moment later.</summary>
internal sealed class UpstreamConnections : IDisposable
{
    /// <summary>Where each configured host was when it was last connected to.</summary>
    private readonly ConcurrentDictionary<string, IPAddress> _seenAt = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A client for each configured host: its connections were judged by where that host is, and serve nobody else.</summary>
    private readonly ConcurrentDictionary<(string CaFile, string Host), Lazy<HttpClient>> _redirected = new();

    // By the file of the authorities that may vouch for a server there: connections are never shared across it.
    private readonly Dictionary<string, (HttpClient Configured, Func<Connect, HttpClient> Build)> _ways = new(StringComparer.Ordinal);
    private readonly UpstreamPlaces _places;
    private readonly Func<IPAddress, IPAddress> _judgedAs;

    /// <param name="judgedAs">The address that one stands for, so that tests have the internet on loopback.</param>
    public UpstreamConnections(
        UpstreamOptions options, UpstreamPlaces places, TimeProvider time, ILogger logger, Func<IPAddress, IPAddress> judgedAs)
    {
        (_places, _judgedAs) = (places, judgedAs);
        foreach (var place in places.All.DistinctBy(place => place.CaFile, StringComparer.Ordinal))
        {
            var setting = place.CaFile == options.CaFile ? "upstream.caFile" : place.CaSetting;
            var trust = ExtraAuthorities.Trust(place.CaFile, setting);
            _ways[place.CaFile ?? ""] = (Build(trust, ConnectAnywhereAsync), connect => Build(trust, connect));
        }

        HttpClient Build(SslClientAuthenticationOptions trust, Connect connect)
        {
            // Redirects are followed one by one under RedirectRules.
            var sockets = HttpClients.Sockets(options.IdleTimeout, trust);
            sockets.ConnectCallback = (context, cancellationToken) => connect(context, cancellationToken);
            var client = HttpClients.Open(sockets, options.Retries, options.IdleTimeout, time, logger);
            client.DefaultRequestHeaders.Add("User-Agent", "imgsync");
            client.DefaultRequestHeaders.Add("Accept-Encoding", "identity");
            return client;
        }
    }

    private delegate ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken);

    /// <summary>The way to <paramref name="url"/> for a request that began at <paramref name="start"/>.</summary>
    public HttpClient To(Uri url, Uri start)
    {
        var caFile = _places.Around(start).CaFile ?? "";
        var (configured, build) = _ways[caFile];
        if (url == start)
            return configured;
        if (ProxyFailures.NameFor(url) is null)
            return _redirected.GetOrAdd((caFile, start.IdnHost), key => new(() => build((context, cancellationToken) =>
                ConnectJudgedAsync(context, key.Host, cancellationToken)))).Value;

        // Behind a proxy that the operator configured, the proxy makes the connection, and it may well be in a private network.
        return IPAddress.TryParse(url.IdnHost, out var address) && WhyNot(address, url.IdnHost, start.IdnHost) is { } reason
            ? throw Refusal(start.IdnHost, url.IdnHost, reason)
            : configured;
    }

    public void Dispose()
    {
        foreach (var way in _ways.Values)
            way.Configured.Dispose();
        foreach (var client in _redirected.Values)
            client.Value.Dispose();
    }

    private async ValueTask<Stream> ConnectAnywhereAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var socket = await ConnectAsync(await Dns.GetHostAddressesAsync(host, cancellationToken), context, cancellationToken);
        if (socket.RemoteEndPoint is IPEndPoint { Address: var address })
            _seenAt[host] = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async ValueTask<Stream> ConnectJudgedAsync(
        SocketsHttpConnectionContext context, string baseHost, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        var reasons = addresses.Select(address => WhyNot(address, host, baseHost)).ToArray();
        var allowed = addresses.Where((_, i) => reasons[i] is null).ToArray();
        return allowed.Length > 0
            ? new NetworkStream(await ConnectAsync(allowed, context, cancellationToken), ownsSocket: true)
            : throw Refusal(baseHost, host, reasons.FirstOrDefault() ?? "a name without an address");
    }

    private string? WhyNot(IPAddress address, string host, string baseHost)
    {
        var place = IPAddress.TryParse(baseHost, out var written) ? written : _seenAt.GetValueOrDefault(baseHost);
        return PrivateAddresses.WhyNot(
            _judgedAs(address),
            place is null ? null : _judgedAs(place),
            string.Equals(host, baseHost, StringComparison.OrdinalIgnoreCase));
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

    private static UpstreamException Refusal(string baseHost, string host, string reason) =>
        new($"{baseHost} redirects to {host}, which is {reason}.");
}
