using System.Net;
using System.Net.Sockets;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Addresses that no publisher on the internet has, and which of them a redirect may lead to all the same.</summary>
internal static class PrivateAddresses
{
    private static readonly IPNetwork[] Loopback = Parse("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128");

    /// <summary>No mirror is here: link-local addresses, metadata services of clouds, which hand out credentials and are not all
    /// link-local, and ways to write an IPv4 address that hide which one it is.</summary>
    private static readonly IPNetwork[] Never = Parse(
        "169.254.0.0/16", "fe80::/10",
        // The metadata services of Azure, Alibaba and Oracle; of AWS, Google, Oracle and Scaleway.
        "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::/32", "fd20:ce::/32", "fd00:c1::/32", "fd00:42::/32",
        // RFC 8215: NAT64 by a local prefix. RFC 4380: Teredo. RFC 4291: IPv4-compatible.
        "64:ff9b:1::/48", "2001::/32", "::/96");

    /// <summary>The IANA special-purpose registries, as far as an address in them is not reachable for everyone.</summary>
    private static readonly IPNetwork[] Networks = Parse(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "224.0.0.0/3",
        // RFC 5737, and its like for IPv6 in RFC 3849 and RFC 9637: for examples only.
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20",
        // Protocols of the IETF, such as benchmarks and ORCHID.
        "2001::/23");

    /// <summary>All that is assigned to be reachable for everyone; what is outside is unique local, multicast, or nobody's.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    // RFC 6052, RFC 2765 and RFC 3056: an IPv4 address that is written into an IPv6 one, at this byte of it.
    private static readonly (IPNetwork Network, int At)[] Wrapped =
    [
        (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("::ffff:0:0:0/96"), 12), (IPNetwork.Parse("2002::/16"), 2),
    ];

    public static bool Contains(IPAddress address) => IsPrivate(Unwrap(address));

    /// <param name="place">The address of the base URL's server; null where it is not known.</param>
    /// <param name="isBaseHost">The redirect stays on the host of the base URL.</param>
    /// <returns>What the address is, where a redirect must not lead to it; null where it may.</returns>
    public static string? WhyNot(IPAddress address, IPAddress? place, bool isBaseHost)
    {
        address = Unwrap(address);
        place = place is null ? null : Unwrap(place);
        if (!IsPrivate(address) || address.Equals(place))
            return null;
        if (IsIn(Loopback, address))
            return place is not null && IsIn(Loopback, place) ? null : "an address of this machine itself, and no redirect may lead there";
        if (IsIn(Never, address))
            return "a link-local address or the metadata service of a cloud, and no redirect may lead there";
        return place is not null && IsPrivate(place) && (isBaseHost || AreNeighbours(address, place))
            ? null
            : "an address of a private network that the base URL is not in, and a redirect must not lead there; point the publisher's base "
                + "URL at that place if it is a mirror of yours";
    }

    private static bool IsPrivate(IPAddress address) =>
        IsIn(Never, address)
        || IsIn(Networks, address)
        || (address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address));

    /// <summary>A network of ours is a /24 of IPv4, or a /64 of IPv6.</summary>
    private static bool AreNeighbours(IPAddress one, IPAddress other)
    {
        var (left, right) = (one.GetAddressBytes(), other.GetAddressBytes());
        var prefix = left.Length == 4 ? 3 : 8;
        return left.Length == right.Length && left.AsSpan(0, prefix).SequenceEqual(right.AsSpan(0, prefix));
    }

    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var wrapped = Wrapped.FirstOrDefault(form => form.Network.Contains(address));
        // Without its interface, or the same address would differ.
        return wrapped.At > 0 ? new IPAddress(address.GetAddressBytes().AsSpan(wrapped.At, 4))
            : address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes())
            : address;
    }

    private static bool IsIn(IPNetwork[] networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
                return true;
        }

        return false;
    }

    private static IPNetwork[] Parse(params string[] networks) => [.. networks.Select(network => IPNetwork.Parse(network))];
}
