using System.Globalization;
using System.IO.Enumeration;
using System.Net;
using System.Net.Sockets;

namespace Imgsync.Core.Http;

/// <summary><c>NO_PROXY</c> as people write it: names (with everything below them), addresses, networks as CIDR, wildcards, each with or
/// without a port. Doubt excludes: what goes past a proxy by mistake fails, what goes to it by mistake shows it a password.</summary>
public sealed class ProxyExclusions
{
    private static readonly char[] Separators = [',', ';', ' ', '\t', '\r', '\n'];

    private readonly List<Func<Uri, bool>> _rules = [];
    private readonly List<string> _misunderstood = [];

    /// <summary>Entries that exclude nothing, because they are not understood.</summary>
    public IReadOnlyList<string> Misunderstood => _misunderstood;

    public static ProxyExclusions Parse(string list)
    {
        var exclusions = new ProxyExclusions();
        foreach (var entry in list.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (RuleOf(entry) is { } rule)
                exclusions._rules.Add(rule);
            else
                exclusions._misunderstood.Add(entry);
        }

        return exclusions;
    }

    public bool Contain(Uri url) => _rules.Exists(excludes => excludes(url));

    private static Func<Uri, bool>? RuleOf(string entry)
    {
        // Some write the URL.
        var written = entry.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? entry[(scheme + 3)..].Split('/')[0] : entry;
        if (written.Split('/') is [var network, var length])
            return NetworkOf(network, length);

        var (host, port) = Split(written);
        if (port is < 0 or > IPEndPoint.MaxPort)
            return null;
        return RuleOfHost(host) is { } rule ? url => (port is null || url.Port == port) && rule(url) : null;
    }

    private static Func<Uri, bool>? RuleOfHost(string host)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
            return url => AddressOf(url) is { } own && own.Equals(Plain(address));

        var name = (host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host.TrimStart('.')).TrimEnd('.');
        if (name.Contains('*', StringComparison.Ordinal))
            return url => FileSystemName.MatchesSimpleExpression(name, NameOf(url));

        // No top-level domain is a number: that is an address in a form of somebody's own.
        if (Uri.CheckHostName(name) is not UriHostNameType.Dns || char.IsAsciiDigit(name[^1]))
            return null;
        var ascii = new UriBuilder("http", name).Uri.IdnHost;
        return url => NameOf(url) is var own && (own.Equals(ascii, StringComparison.OrdinalIgnoreCase)
            || own.EndsWith("." + ascii, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Bits of the address behind the length do not count, as in <c>10.1.2.3/8</c>.</summary>
    private static Func<Uri, bool>? NetworkOf(string network, string length)
    {
        if (!IPAddress.TryParse(network.Trim('[', ']'), out var address)
            || !int.TryParse(length, CultureInfo.InvariantCulture, out var bits)
            || bits < 0 || bits > address.GetAddressBytes().Length * 8
            || (address.AddressFamily is AddressFamily.InterNetwork && network.Count('.') < 3))
            return null;
        return url => AddressOf(url) is { } own && own.AddressFamily == address.AddressFamily
            && Enumerable.Range(0, bits).All(bit => Bit(own, bit) == Bit(address, bit));
    }

    private static bool Bit(IPAddress address, int index) => (address.GetAddressBytes()[index / 8] & (0x80 >> (index % 8))) != 0;

    /// <summary>A port is what follows the only colon, or the bracket.</summary>
    private static (string Host, int? Port) Split(string written)
    {
        var colon = written.LastIndexOf(':');
        if (colon < 0 || (written.IndexOf(':', StringComparison.Ordinal) < colon && written[colon - 1] != ']'))
            return (written, null);
        return (written[..colon], int.TryParse(written[(colon + 1)..], CultureInfo.InvariantCulture, out var port) ? port : -1);
    }

    private static string NameOf(Uri url) => url.IdnHost.TrimEnd('.');

    private static IPAddress? AddressOf(Uri url) => IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out var address) ? Plain(address) : null;

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
