namespace Imgsync.Core.Configuration.Sources;

/// <summary>
/// What OpenStack's own variables and the original's <c>[keystone_auth]</c> say. They name no cloud, so they describe the one called
/// <c>default</c>, and fill what the only cloud leaves open.
/// </summary>
internal sealed class OpenStackSettings(SettingNode variables, SettingNode original, SettingNode? selected, ICollection<string> warnings)
{
    public const string Default = "default";

    /// <summary>Words that go together: half a sign-in filled up from another one fits nobody.</summary>
    private static readonly string[][] Groups =
    [
        ["auth:username", "auth:userId", "auth:userDomainName", "auth:userDomainId"],
        [
            "auth:projectName", "auth:projectId", "auth:projectDomainName", "auth:projectDomainId",
            "auth:domainName", "auth:domainId", "auth:systemScope", "auth:trustId",
        ],
        ["auth:applicationCredentialId", "auth:applicationCredentialName"],
    ];

    /// <summary>The cloud that <c>OS_CLOUD</c> names.</summary>
    public SettingNode? Selected { get; } = selected;

    /// <summary>A cloud exists as soon as something says where its Keystone is.</summary>
    public SettingNode? Keystone => variables.Find("auth:authUrl") ?? original.Find("auth:authUrl");

    /// <summary>Whether this is the cloud the variables speak of.</summary>
    public bool Describes(string cloud) => IsDefault(cloud) && Keystone is not null;

    public string? RegionOf(string cloud) =>
        string.Equals(Selected?.Value, cloud, StringComparison.OrdinalIgnoreCase) ? variables.Find("region")?.Value : null;

    public SettingNode Complete(SettingNode cloud, string name, bool isOnly)
    {
        if (IsDefault(name))
            return original.Under(cloud).Under(variables).Under(cloud.Where((_, leaf) => !leaf.Origin.IsFile));
        return isOnly ? Fill(Fill(cloud, name, variables), name, original) : cloud;
    }

    private SettingNode Fill(SettingNode cloud, string name, SettingNode filling)
    {
        if (filling.Find("auth:authUrl") is { } theirs && cloud.Find("auth:authUrl") is { } ours && !SameUrl(theirs.Value, ours.Value))
        {
            warnings.Add($"{theirs.Label} is another Keystone than that of the cloud '{name}', so the sign-in beside it is not used.");
            return cloud;
        }

        var taken = Groups.Where(group => group.Any(key => cloud.Find(key) is not null)).SelectMany(group => group).ToList();
        return filling.Where((key, _) => !taken.Contains(key, StringComparer.OrdinalIgnoreCase)).Under(cloud);
    }

    private static bool IsDefault(string cloud) => string.Equals(cloud, Default, StringComparison.OrdinalIgnoreCase);

    private static bool SameUrl(string? left, string? right) =>
        string.Equals(left?.TrimEnd('/'), right?.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);
}
