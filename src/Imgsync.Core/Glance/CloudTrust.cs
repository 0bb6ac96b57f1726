using System.Net.Security;
using Imgsync.Core.Configuration;
using Imgsync.Core.Transfer;

namespace Imgsync.Core.Glance;

/// <summary>Whose certificates a cloud may show: the system's authorities, those of <see cref="CloudOptions.CaFile"/>, or anyone's.</summary>
internal static class CloudTrust
{
    /// <exception cref="ConfigurationException">The file of authorities cannot be used.</exception>
    public static SslClientAuthenticationOptions For(CloudOptions cloud)
    {
        if (!cloud.Insecure)
            return ExtraAuthorities.Trust(cloud.CaFile, $"CaFile of cloud '{cloud.Name}'");

        return new SslClientAuthenticationOptions
        {
#pragma warning disable CA5359 // the operator asked for it in so many words, and every run warns
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
        };
    }
}
