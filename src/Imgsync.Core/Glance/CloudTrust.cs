using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Imgsync.Core.Configuration;
using Imgsync.Core.Http;

namespace Imgsync.Core.Glance;

/// <summary>Trust between us and a cloud, both ways: it may show certificates of the system's authorities, of
/// <see cref="CloudOptions.CaFile"/> or <see cref="CloudOptions.CaPem"/>, or anyone's; we show that of
/// <see cref="CloudOptions.CertFile"/>, if it asks.</summary>
internal static class CloudTrust
{
    /// <exception cref="ConfigurationException">A file is not what its setting says.</exception>
    public static SslClientAuthenticationOptions For(CloudOptions cloud)
    {
        if (cloud is { CaFile.Length: > 0, CaPem.Length: > 0 })
            throw new ConfigurationException(
                $"clouds[].caFile and clouds[].caPem of cloud '{cloud.Name}' are both set; leave one out.");

        var tls = cloud switch
        {
            { Insecure: true } => TrustAnyone(),
            { CaPem: { Length: > 0 } pem } => ExtraAuthorities.TrustValue(pem, $"clouds[].caPem of cloud '{cloud.Name}'"),
            _ => ExtraAuthorities.Trust(cloud.CaFile, $"clouds[].caFile of cloud '{cloud.Name}'"),
        };
        if (cloud.CertFile is { Length: > 0 } file)
            tls.ClientCertificateContext = ReadIdentity(cloud, file);
        else if (cloud.KeyFile is { Length: > 0 } key)
            throw new ConfigurationException(
                $"clouds[].keyFile of cloud '{cloud.Name}' names {key}, and there is no certFile whose key it could "
                    + "be; set both, or neither.");
        return tls;
    }

    private static SslClientAuthenticationOptions TrustAnyone() => new()
    {
#pragma warning disable CA5359 // the operator asked for it in so many words, and every run warns
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
    };

    /// <summary>The certificate comes first in its file; its issuers may follow and are shown along with it.</summary>
    private static SslStreamCertificateContext ReadIdentity(CloudOptions cloud, string file)
    {
        var key = cloud.KeyFile is { Length: > 0 } other ? other : file;
        try
        {
            var shown = new X509Certificate2Collection();
            shown.ImportFromPemFile(file);
            using var read = X509Certificate2.CreateFromPemFile(file, key);

            // Windows signs only with a key that is held in a store, which is where this form goes.
            var identity = X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
            return SslStreamCertificateContext.Create(identity, [.. shown.Skip(1)], offline: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ConfigurationException(
                $"clouds[].certFile of cloud '{cloud.Name}' cannot be used ({e.Message}): {file} must hold the "
                    + $"certificate in PEM form, and {key} "
                    + "its private key without a passphrase.");
        }
    }
}
