using System.Net;
using System.Net.Sockets;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Addresses that no publisher on the internet has, and that a redirect must therefore never lead to.</summary>
internal static class PrivateAddresses
{
    // RFC 6890 and the IANA special-purpose registries, as far as an address in them is not reachable for everyone.
    private static readonly IPNetwork[] Networks =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "224.0.0.0/3",
            // ::/96 holds ::, ::1 and the long abandoned way to write an IPv4 address.
            "::/96", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    // RFC 6052 and RFC 3056: ways to reach an IPv4 address that is written into an IPv6 one.
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    public static bool Contains(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            address = Unwrap(address);
        return Networks.Any(network => network.Contains(address));
    }

    private static IPAddress Unwrap(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : Nat64.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12, 4))
        : SixToFour.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(2, 4))
        : address;
}
