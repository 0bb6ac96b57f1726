using System.Text;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>
/// One vocabulary for sign-in: an openrc's <c>OS_USERNAME</c>, clouds.yaml's <c>auth.username</c> and oslo's
/// <c>[keystone_auth] username</c> are the same word, and older spellings of it are still about.
/// </summary>
internal static class KeystoneWords
{
    /// <summary>The ways to sign in that are spoken here.</summary>
    public static readonly string[] Types = ["password", "v3password", "v3applicationcredential", "v3token"];

    private static readonly Dictionary<string, string> Older = new(StringComparer.OrdinalIgnoreCase)
    {
        ["tenant_id"] = "project_id",
        ["tenant_name"] = "project_name",
        ["tenant"] = "project_name",
        ["user_name"] = "username",
        ["auth_plugin"] = "auth_type",
        ["auth_token"] = "token",
        ["endpoint_type"] = "interface",
        ["image_endpoint"] = "image_endpoint_override",
    };

    /// <summary>Words that stand beside <c>auth</c> in clouds.yaml, and their keys in a cloud of ours.</summary>
    private static readonly Dictionary<string, string> OfACloud = new(StringComparer.OrdinalIgnoreCase)
    {
        ["auth_type"] = "auth:type",
        ["region_name"] = "region",
        ["image_region_name"] = "region",
        ["interface"] = "interface",
        ["image_interface"] = "interface",
        ["cacert"] = "caFile",
        ["cafile"] = "caFile",
        ["cert"] = "certFile",
        ["certfile"] = "certFile",
        ["key"] = "keyFile",
        ["keyfile"] = "keyFile",
        ["insecure"] = "insecure",
        ["image_endpoint_override"] = "imageEndpoint",
    };

    private static readonly Dictionary<string, string> OfAuth = typeof(KeystoneOptions).GetProperties()
        .Where(property => property.Name is not nameof(KeystoneOptions.Type))
        .ToDictionary(property => Snake(property.Name), property => "auth:" + Key(property.Name), StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<string> Known => [.. OfAuth.Keys, .. OfACloud.Keys, .. Older.Keys, DefaultDomainId, DefaultDomainName];

    public const string DefaultDomainId = "default_domain_id";

    public const string DefaultDomainName = "default_domain_name";

    /// <summary>Which of two words for one key counts, the higher: where an older spelling stands beside today's, today's is meant, and
    /// what is said of the image service alone before what is said of all services.</summary>
    public static int Weight(string word) =>
        Older.ContainsKey(word) ? 0 : word is "image_region_name" or "image_interface" ? 2 : 1;

    /// <summary>The key in a cloud that a word stands for, or null for a word that is none of ours.</summary>
    public static string? KeyOf(string word)
    {
        var current = Older.GetValueOrDefault(word, word);
        return OfAuth.GetValueOrDefault(current) ?? OfACloud.GetValueOrDefault(current);
    }

    /// <summary>A default domain is the user's and the project's, where their own is not named.</summary>
    public static void SpreadDefaultDomain(SettingNode cloud, string word, string value, Origin origin)
    {
        var suffix = string.Equals(word, DefaultDomainId, StringComparison.OrdinalIgnoreCase) ? "Id" : "Name";
        foreach (var owner in new[] { "auth:userDomain", "auth:projectDomain" })
        {
            if (cloud.Find(owner + "Id") is null && cloud.Find(owner + "Name") is null)
                cloud.Set(owner + suffix, value, origin);
        }
    }

    /// <summary>A domain beside a project is the user's and the project's, and no scope, as openstacksdk has it.</summary>
    public static void SpreadDomainBesideProject(SettingNode cloud)
    {
        if (cloud.Find("auth:projectId") is null && cloud.Find("auth:projectName") is null)
            return;

        foreach (var (key, word) in new[] { ("domainId", DefaultDomainId), ("domainName", DefaultDomainName) })
        {
            if (cloud.Find("auth:" + key) is not { Value: { } domain } said)
                continue;
            SpreadDefaultDomain(cloud, word, domain, said.Origin);
            cloud.Find("auth")!.Children.Remove(key);
        }
    }

    /// <summary>A file below the home folder, as shells write it.</summary>
    public static string AtHome(string key, string value, string? home) =>
        key is "caFile" or "certFile" or "keyFile" && home is not null && value.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(home, value[2..])
            : value;

    private static string Key(string property) => char.ToLowerInvariant(property[0]) + property[1..];

    private static string Snake(string property)
    {
        var word = new StringBuilder();
        foreach (var letter in Key(property))
            word.Append(char.IsUpper(letter) ? "_" : "").Append(char.ToLowerInvariant(letter));
        return word.ToString();
    }
}
