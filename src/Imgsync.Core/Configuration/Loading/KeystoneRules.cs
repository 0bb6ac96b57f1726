using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>What a sign-in needs, said before the first request instead of by Keystone's 400.</summary>
internal static class KeystoneRules
{
    public static KeystoneOptions Normalize(KeystoneOptions auth, string cloud, ICollection<string> warnings)
    {
        var type = auth.Type.ToLowerInvariant() is "token" ? "v3token" : auth.Type.ToLowerInvariant();
        return OneScope(auth with { Type = type }, cloud, warnings);
    }

    public static IEnumerable<string> Check(CloudOptions cloud)
    {
        var auth = cloud.Auth;
        if (!KeystoneWords.Types.Contains(auth.Type, StringComparer.Ordinal))
        {
            return [$"The cloud '{cloud.Name}' asks for auth.type '{auth.Type}', which imgsync does not speak: "
                + $"use {string.Join(", ", KeystoneWords.Types[..^1])} or {KeystoneWords.Types[^1]}; an application credential "
                + "also serves where people need a second factor."];
        }

        List<string> faults = [];
        var missing = Needed(auth).Where(need => !need.Given).Select(need => need.Name).ToList();
        if (missing.Count > 0)
            faults.Add($"The cloud '{cloud.Name}' signs in by {auth.Type} and lacks {string.Join(", ", missing)}.");
        if (auth.SystemScope is not null and not "all")
            faults.Add($"The cloud '{cloud.Name}' has auth.systemScope '{auth.SystemScope}': the only system scope is all.");
        return faults;
    }

    private static IEnumerable<(string Name, bool Given)> Needed(KeystoneOptions auth)
    {
        var user = auth.Username is not null || auth.UserId is not null;
        yield return ("auth.authUrl", auth.AuthUrl is not null);
        switch (auth.Type)
        {
            case "v3applicationcredential":
                yield return ("auth.applicationCredentialId", (auth.ApplicationCredentialId ?? auth.ApplicationCredentialName) is not null);
                if (auth.ApplicationCredentialId is null && auth.ApplicationCredentialName is not null)
                    yield return ("auth.username (or auth.userId), because the credential is named and not numbered", user);
                yield return ("auth.applicationCredentialSecret", auth.ApplicationCredentialSecret is not null);
                break;
            case "v3token":
                yield return ("auth.token", auth.Token is not null);
                break;
            default:
                yield return ("auth.username (or auth.userId)", user);
                yield return ("auth.password", auth.Password is not null);
                break;
        }
    }

    /// <summary>A token has one scope. An openrc sourced after another one leaves two behind, and images belong to projects.</summary>
    private static KeystoneOptions OneScope(KeystoneOptions auth, string cloud, ICollection<string> warnings)
    {
        (string Name, bool Given)[] scopes =
        [
            ("trust", auth.TrustId is not null),
            ("project", auth.ProjectId is not null || auth.ProjectName is not null),
            ("domain", auth.DomainId is not null || auth.DomainName is not null),
            ("system", auth.SystemScope is not null),
        ];
        var given = scopes.Where(scope => scope.Given).Select(scope => scope.Name).ToList();
        if (given.Count < 2)
            return auth;

        warnings.Add(
            $"The cloud '{cloud}' names several scopes ({string.Join(", ", given)}), and a token has one: the {given[0]} is used.");
        if (given[0] is not "project")
            auth = auth with { ProjectId = null, ProjectName = null, ProjectDomainId = null, ProjectDomainName = null };
        if (given[0] is not "domain")
            auth = auth with { DomainId = null, DomainName = null };
        return auth with { SystemScope = null };
    }
}
