using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Keystone;

namespace Imgsync.Core.Tests.Glance;

/// <summary>One sign-in with something changed.</summary>
internal static class SignIn
{
    public static async Task<KeystoneToken> ToAsync(CloudOptions options, Func<KeystoneOptions, KeystoneOptions> change)
    {
        using var connection = Connect.To(options with { Auth = change(options.Auth) });
        return await connection.Keystone.GetTokenAsync(TestContext.Current.CancellationToken);
    }

    public static KeystoneOptions Unscoped(KeystoneOptions auth) => auth with { ProjectName = null, ProjectDomainName = null };
}
