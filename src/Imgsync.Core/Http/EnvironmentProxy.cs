using System.Net;

namespace Imgsync.Core.Http;

/// <summary>The proxies that the usual environment variables name, for every client of the process. .NET's own reading of them keeps the
/// password in the URL, where its exceptions show it, and knows of <c>NO_PROXY</c> only names.</summary>
public sealed class EnvironmentProxy : IWebProxy, ICredentials
{
    private readonly Entry? _http;
    private readonly Entry? _https;

    private EnvironmentProxy(Func<string, string?> variable)
    {
        // A web server hands its client's header "Proxy" to a CGI program as HTTP_PROXY.
        var upper = variable("GATEWAY_INTERFACE") is null;
        var all = Read(variable, "all_proxy", "ALL_PROXY");
        _http = Read(variable, "http_proxy", upper ? "HTTP_PROXY" : null) ?? all;
        _https = Read(variable, "https_proxy", "HTTPS_PROXY") ?? all;
        Exclusions = ProxyExclusions.Parse(First(variable, "no_proxy", "NO_PROXY")?.Value ?? "");
    }

    /// <summary>What goes past the proxies.</summary>
    public ProxyExclusions Exclusions { get; }

    /// <summary>User and password of both proxies; setting them is not meant.</summary>
    public ICredentials? Credentials { get => this; set => throw new NotSupportedException(); }

    /// <summary>Makes every client of this process go by the proxies, where the environment names any.</summary>
    /// <param name="variable">Looks up an environment variable.</param>
    public static void Use(Func<string, string?> variable)
    {
        if (Read(variable) is { } proxy)
            HttpClient.DefaultProxy = proxy;
    }

    /// <summary>Null when the environment names none.</summary>
    /// <inheritdoc cref="Use" path="/param"/>
    public static EnvironmentProxy? Read(Func<string, string?> variable)
    {
        var read = new EnvironmentProxy(variable);
        return read is { _http: null, _https: null } ? null : read;
    }

    /// <exception cref="ConfigurationException">A variable names a proxy in a way that is not understood.</exception>
    public Uri? GetProxy(Uri destination) =>
        (destination.Scheme is "http" or "ws" ? _http : _https) is { } entry && !Exclusions.Contain(destination)
            ? entry.Address ?? throw new ConfigurationException(entry.Fault)
            : null;

    public bool IsBypassed(Uri host) => Exclusions.Contain(host) || (host.Scheme is "http" or "ws" ? _http : _https) is null;

    /// <summary>User and password for a proxy by its own URL, which holds neither.</summary>
    public NetworkCredential? GetCredential(Uri uri, string authType) =>
        new[] { _https, _http }.FirstOrDefault(entry => entry?.Address is { } own && own == uri)?.Credential;

    private static Entry? Read(Func<string, string?> variable, string lower, string? upper) =>
        First(variable, lower, upper) is (var name, var value) ? Parse(name, value) : null;

    private static (string Name, string Value)? First(Func<string, string?> variable, params string?[] names) => names
        .OfType<string>()
        .Select(name => (Name: name, Value: variable(name)?.Trim() ?? ""))
        .Where(pair => pair.Value.Length > 0)
        .Select(pair => ((string, string)?)pair)
        .FirstOrDefault();

    /// <summary>By hand, because people write passwords as they are: what stands before the last <c>@</c> is user and password,
    /// slashes and all.</summary>
    private static Entry Parse(string name, string value)
    {
        var scheme = value.IndexOf("://", StringComparison.Ordinal) is > 0 and var end ? value[..end].ToLowerInvariant() : "http";
        var rest = value[(value.IndexOf("://", StringComparison.Ordinal) is >= 0 and var start ? start + 3 : 0)..];
        var at = rest.LastIndexOf('@');
        var place = rest[(at + 1)..].Split('/', '?', '#')[0];

        // Names are the proxy's to resolve in either form.
        scheme = scheme is "socks5h" ? "socks5" : scheme is "socks" ? "socks4" : scheme;
        if (scheme is not ("http" or "https" or "socks4" or "socks4a" or "socks5")
            || !Uri.TryCreate($"{scheme}://{place}", UriKind.Absolute, out var address) || address.Host.Length == 0)
            return new Entry(null, null,
                $"The variable {name} does not name a proxy in a form that is understood; write http://HOST:PORT, with USER:PASSWORD@ "
                    + "before the host where the proxy asks for them (https, socks4 and socks5 are understood, too).");

        if (at < 0)
            return new Entry(address, Credential: null, Fault: "");
        var user = rest[..at].Split(':', 2);
        var password = Uri.UnescapeDataString(user.ElementAtOrDefault(1) ?? "");
        return new Entry(address, new NetworkCredential(Uri.UnescapeDataString(user[0]), password), Fault: "");
    }

    /// <param name="Address">Without user and password; null where the variable is not understood.</param>
    /// <param name="Fault">Why it is not understood.</param>
    private sealed record Entry(Uri? Address, NetworkCredential? Credential, string Fault);
}
