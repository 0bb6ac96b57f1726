using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Imgsync.Core.Http;

/// <summary>Certificate authorities that are trusted beside the system's: .NET itself offers only one or the other.</summary>
public static class ExtraAuthorities
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <param name="file">Certificates in PEM form; null for the system's authorities alone.</param>
    /// <param name="setting">The setting that names the file, for messages.</param>
    /// <exception cref="ConfigurationException">The file holds no certificates that can be read.</exception>
    public static SslClientAuthenticationOptions Trust(string? file, string setting) =>
        Trust(string.IsNullOrEmpty(file) ? [] : Read(setting, $"names {file}, which", read => read.ImportFromPemFile(file)));

    /// <param name="pem">Certificates in PEM form, also on one line, as in an environment that has no others.</param>
    /// <inheritdoc cref="Trust(string, string)"/>
    public static SslClientAuthenticationOptions TrustValue(string pem, string setting) =>
        Trust(Read(setting, "has a value that", read => read.ImportFromPem(pem.Replace(@"\n", "\n", StringComparison.Ordinal))));

    private static SslClientAuthenticationOptions Trust(X509Certificate2Collection authorities)
    {
        var tls = new SslClientAuthenticationOptions();
        if (authorities.Count == 0)
            return tls;

        tls.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => errors switch
        {
            SslPolicyErrors.None => true,
            SslPolicyErrors.RemoteCertificateChainErrors when certificate is X509Certificate2 leaf => IsIssuedBy(authorities, leaf, chain),
            _ => false,
        };
        return tls;
    }

    private static X509Certificate2Collection Read(string setting, string source, Action<X509Certificate2Collection> import)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            import(authorities);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConfigurationException($"{setting} {source} cannot be read as certificates in PEM form ({exception.Message}).");
        }

        return authorities.Count > 0
            ? authorities
            : throw new ConfigurationException($"{setting} {source} holds no certificate in PEM form.");
    }

    private static bool IsIssuedBy(X509Certificate2Collection authorities, X509Certificate2 leaf, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        // A private authority's revocation list is hardly ever reachable, and the system's own check does not ask for one either.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(leaf);
    }
}
