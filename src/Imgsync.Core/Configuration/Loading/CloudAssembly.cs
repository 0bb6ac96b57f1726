using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>
/// Puts each cloud together from all who describe it. <c>clouds</c> holds names and whole clouds;
/// a name stands for a whole cloud in a lower layer, or for one in clouds.yaml.
/// </summary>
internal sealed class CloudAssembly(
    OpenStackSettings openStack, CloudsFiles cloudsFiles, ICollection<string> faults, ICollection<string> warnings)
{
    public IReadOnlyList<SettingNode> Assemble(IReadOnlyList<SettingNode> layers, SettingNode merged)
    {
        var written = new Dictionary<string, SettingNode>(StringComparer.OrdinalIgnoreCase);
        foreach (var cloud in layers.SelectMany(Entries).Where(entry => !entry.IsLeaf))
            written[NameOf(cloud)] = cloud;

        var chosen = Choose(merged);
        return [.. chosen.SelectMany(entry => Complete(entry, written, isOnly: chosen.Count == 1))];
    }

    private List<SettingNode> Choose(SettingNode merged)
    {
        List<SettingNode> declared = [.. Entries(merged)];
        if (openStack.Selected is not { } selected || declared.Exists(entry => !entry.Origin.IsFile))
            return declared.Count > 0 ? declared : Undeclared();

        var left = declared.Where(entry => !IsNamed(entry, selected.Value!)).Select(NameOf).ToList();
        if (left.Count > 0)
            warnings.Add($"OS_CLOUD selects the cloud '{selected.Value}', so this run leaves out {string.Join(", ", left)}.");
        return [declared.Find(entry => IsNamed(entry, selected.Value!)) ?? selected];
    }

    /// <summary>Where nobody names a cloud, there may still be just one to mean.</summary>
    private List<SettingNode> Undeclared()
    {
        if (openStack.Keystone is { } keystone)
            return [keystone.WithValue(OpenStackSettings.Default)];
        return cloudsFiles.Names is [var only] ? [SettingNode.Root(Origin.File("clouds.yaml")).WithValue(only)] : [];
    }

    private IEnumerable<SettingNode> Complete(SettingNode entry, Dictionary<string, SettingNode> written, bool isOnly)
    {
        var name = NameOf(entry);
        var cloud = entry.IsLeaf ? written.GetValueOrDefault(name) : entry;
        var listed = Listed(name, cloud);
        if (listed is null)
            return [];
        if (cloud is null && listed.Count == 0 && !openStack.Describes(name))
        {
            faults.Add($"{entry.Label} names the cloud '{name}', which neither a settings file nor clouds.yaml describes"
                + NearestName.Hint(name, written.Keys.Concat(cloudsFiles.Names)) + ".");
            return [];
        }

        cloud ??= SettingNode.Root(entry.Origin);
        if (listed.Count > 0)
            return listed.Select(below => openStack.Complete(below.Under(cloud.Where((key, _) => key is not "name")), name, isOnly));

        if (cloud.Find("name") is null)
            cloud.Set("name", name, entry.Origin);
        return [openStack.Complete(cloud, name, isOnly)];
    }

    /// <summary>A cloud with a Keystone of its own is whole, and a namesake in clouds.yaml is another one.</summary>
    /// <returns>Null when the cloud's entry in clouds.yaml is invalid; the fault is already recorded.</returns>
    private IReadOnlyList<SettingNode>? Listed(string name, SettingNode? cloud)
    {
        if (cloud?.Find("auth:authUrl") is not null || openStack.Describes(name))
            return [];

        try
        {
            return cloudsFiles.Find(name, cloud?.Find("region")?.Value ?? openStack.RegionOf(name));
        }
        catch (ConfigurationException exception)
        {
            foreach (var fault in exception.Faults)
                faults.Add(fault);
            return null;
        }
    }

    private static IEnumerable<SettingNode> Entries(SettingNode layer) => layer.Find("clouds") switch
    {
        null => [],
        { IsLeaf: true } list => list.Parts(),
        var list => list.Items,
    };

    private static bool IsNamed(SettingNode entry, string name) => string.Equals(NameOf(entry), name, StringComparison.OrdinalIgnoreCase);

    private static string NameOf(SettingNode entry) =>
        (entry.IsLeaf ? entry.Value : entry.Find("name")?.Value) ?? OpenStackSettings.Default;
}
