using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration;

/// <summary>
/// Puts each cloud together from all who describe it. <c>clouds</c> holds names and whole clouds;
/// a name stands for a whole cloud in a lower layer.
/// </summary>
internal sealed class CloudAssembly(OpenStackSettings openStack, ICollection<string> faults, ICollection<string> warnings)
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
            return declared.Count == 0 && openStack.Keystone is { } keystone ? [keystone.WithValue(OpenStackSettings.Default)] : declared;

        var left = declared.Where(entry => !IsNamed(entry, selected.Value!)).Select(NameOf).ToList();
        if (left.Count > 0)
            warnings.Add($"OS_CLOUD selects the cloud '{selected.Value}', so this run leaves out {string.Join(", ", left)}.");
        return [declared.Find(entry => IsNamed(entry, selected.Value!)) ?? selected];
    }

    private IEnumerable<SettingNode> Complete(SettingNode entry, Dictionary<string, SettingNode> written, bool isOnly)
    {
        var name = NameOf(entry);
        var cloud = entry.IsLeaf ? written.GetValueOrDefault(name) : entry;
        if (cloud is null && !IsNamed(entry, OpenStackSettings.Default))
        {
            faults.Add($"{entry.Label} names the cloud '{name}', which is described nowhere{Suggestion(name, written.Keys)}");
            return [];
        }

        cloud ??= SettingNode.Root(entry.Origin);
        if (cloud.Find("name") is null)
            cloud.Set("name", name, entry.Origin);
        return [openStack.Complete(cloud, name, isOnly)];
    }

    private static IEnumerable<SettingNode> Entries(SettingNode layer) => layer.Find("clouds") switch
    {
        null => [],
        { IsLeaf: true } list => list.Parts(),
        var list => list.Items,
    };

    private static bool IsNamed(SettingNode entry, string name) => string.Equals(NameOf(entry), name, StringComparison.OrdinalIgnoreCase);

    private static string NameOf(SettingNode entry) => (entry.IsLeaf ? entry.Value : entry.Find("name")?.Value) ?? OpenStackSettings.Default;

    private static string Suggestion(string wrong, IEnumerable<string> known) =>
        NearestName.Find(wrong, known) is { } nearest ? $"; did you mean '{nearest}'?" : ".";
}
