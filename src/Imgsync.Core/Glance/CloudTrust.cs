using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Glance;

/// <summary>Whose certificates a cloud may show: the system's authorities, those of <see cref="CloudOptions.CaFile"/>, or anyone's.</summary>
internal static class CloudTrust
{
    public static SslClientAuthenticationOptions For(CloudOptions cloud)
    {
        var options = new SslClientAuthenticationOptions();
        if (cloud.Insecure)
#pragma warning disable CA5359 // the operator asked for it in so many words, and every run warns
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        else if (cloud.CaFile is { Length: > 0 } file)
            options.RemoteCertificateValidationCallback = TrustAlso(Read(cloud.Name, file));
        return options;
    }

    private static RemoteCertificateValidationCallback TrustAlso(X509Certificate2Collection authorities) => (_, certificate, chain, errors) =>
        errors == SslPolicyErrors.None
        || (errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate is not null && LeadsTo(authorities, certificate, chain));

    private static bool LeadsTo(X509Certificate2Collection authorities, X509Certificate certificate, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        // Private authorities rarely publish revocation lists; the system's check does not ask for them either.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1", "TLS server"));
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);

        using var leaf = new X509Certificate2(certificate);
        return chain.Build(leaf);
    }

    private static X509Certificate2Collection Read(string cloud, string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConfigurationException($"CaFile of cloud '{cloud}' cannot be read: {e.Message}");
        }

        return authorities.Count > 0
            ? authorities
            : throw new ConfigurationException($"CaFile of cloud '{cloud}' holds no certificate in PEM form: {file}");
    }
}
