namespace Imgsync.Core.Configuration.Sources;

/// <summary>
/// <c>clouds.yaml</c>, <c>secure.yaml</c> and <c>clouds-public.yaml</c>, found and merged as openstacksdk finds and merges them:
/// the first file of each kind counts, the secure one lies over the open one, and a cloud lies over its profile.
/// </summary>
internal sealed class CloudsFiles(ConfigurationSources sources)
{
    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    // Read only when a cloud is looked up: a broken clouds.yaml must not stop a run that does not use it.
    private readonly Lazy<SettingNode> _clouds = new(() =>
        Read(sources, "clouds", "OS_CLIENT_CONFIG_FILE").Under(Read(sources, "secure", "OS_CLIENT_SECURE_FILE")));

    private readonly Lazy<SettingNode> _profiles = new(() => Read(sources, "clouds-public", "OS_CLIENT_VENDOR_FILE"));

    public IReadOnlyList<string> Names => [.. _clouds.Value.Find("clouds")?.Children.Keys ?? Enumerable.Empty<string>()];

    /// <summary>The named cloud, once for each of its regions unless one is chosen; empty when there is none of that name.</summary>
    public IReadOnlyList<SettingNode> Find(string name, string? region)
    {
        if (Cloud(name)?.Renamed(Underscored) is not { } cloud)
            return [];

        var profile = (cloud.Find("profile") ?? cloud.Find("cloud"))?.Value;
        if (profile is null)
            return CloudsFileCloud.Translate(cloud, name, region, sources.HomeDirectory);

        var known = _profiles.Value.Find("public-clouds")?.Children;
        return known?.TryGetValue(profile, out var described) == true
            ? CloudsFileCloud.Translate(described.Renamed(Underscored).Under(cloud), name, region, sources.HomeDirectory)
            : throw new ConfigurationException($"The cloud '{name}' ({cloud.Origin.Where}) is of the profile '{profile}', "
                + $"which no clouds-public.yaml describes: put one beside clouds.yaml.");
    }

    /// <summary>Words are written in either form, and are the same.</summary>
    private static string Underscored(string word) => word.Replace('-', '_');

    /// <summary>By its name as it is written, or else in another case if only one is called so.</summary>
    private SettingNode? Cloud(string name)
    {
        var clouds = _clouds.Value.Find("clouds")?.Children;
        if (clouds?.GetValueOrDefault(name) is { } exact)
            return exact;
        return clouds?.Where(cloud => string.Equals(cloud.Key, name, StringComparison.OrdinalIgnoreCase)).ToList() is [var only]
            ? only.Value
            : null;
    }

    private static SettingNode Read(ConfigurationSources sources, string kind, string variable)
    {
        if (sources.Variable(variable) is { } named)
        {
            return File.Exists(named)
                ? YamlSettings.Read(named, StringComparer.Ordinal)
                : throw new ConfigurationException($"{variable} names {named}, which is not there.");
        }

        var candidates = from folder in Folders(sources) from ending in Endings select Path.Combine(folder, kind + ending);
        var found = candidates.FirstOrDefault(File.Exists);
        return found is null ? SettingNode.Root(Origin.File(kind + ".yaml"), StringComparer.Ordinal)
            : YamlSettings.Read(found, StringComparer.Ordinal);
    }

    private static IEnumerable<string> Folders(ConfigurationSources sources)
    {
        if (sources.CurrentDirectory is { } current)
            yield return current;
        if (sources.Variable("XDG_CONFIG_HOME") is { } config)
            yield return Path.Combine(config, "openstack");
        if (sources.HomeDirectory is { } home)
            yield return Path.Combine(home, ".config", "openstack");
        if (sources.SystemDirectory is { } system)
            yield return Path.Combine(system, "openstack");
    }
}
