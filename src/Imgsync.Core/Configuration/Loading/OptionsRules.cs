using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>What no single value can show: whether the settings hold together.</summary>
internal sealed class OptionsRules(SettingNode settings, ICollection<string> faults)
{
    private static readonly string[] Interfaces = ["public", "internal", "admin"];

    public void Check(ImgsyncOptions options)
    {
        CheckPublish("publish", options.Publish.NameTemplate, options.Publish.Properties, options.Publish.RemoveProperties);
        AddAll(PublishRules.CheckTags(options.Publish.Tags, Label("publish:tags")));
        AddAll(PublishRules.CheckMembers(options.Publish.Members, Label("publish:members")));
        AddAll(PublishRules.CheckLatestName(options.Publish.LatestName, Label("publish:latestName")));
        foreach (var (key, distribution) in options.Overrides)
            CheckPublish($"overrides:{key}:publish", distribution.Publish);
        for (var i = 0; i < options.Clouds.Count; i++)
            CheckCloud(options.Clouds[i], $"clouds:{i}");

        for (var i = 0; i < options.Notify.Count; i++)
            AddAll(NotifyRules.Check(options.Notify[i], key => Label($"notify:{i}{key}")));

        CheckScs(options);
        if (options.Staging.Folder is { } folder && !Path.IsPathFullyQualified(folder))
            faults.Add($"{Label("staging:folder")} is '{folder}': it must be a whole path, because any other begins where somebody happens "
                + "to start imgsync; leave it out for the default.");
        foreach (var twice in options.Clouds.GroupBy(cloud => cloud.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
            faults.Add($"clouds names '{twice.Key}' {twice.Count()} times: a cloud's name stands for one cloud.");
    }

    private void CheckCloud(CloudOptions cloud, string path)
    {
        if (!Interfaces.Contains(cloud.Interface, StringComparer.Ordinal))
            faults.Add($"{Label(path + ":interface")} is '{cloud.Interface}': it must be public, internal or admin.");
        CheckPublish(path + ":publish", cloud.Publish);
        AddAll(KeystoneRules.Check(cloud));
    }

    private void CheckPublish(string path, PublishOverrides publish)
    {
        CheckPublish(path, publish.NameTemplate, publish.Properties, publish.RemoveProperties);
        AddAll(PublishRules.CheckTags(publish.Tags ?? [], Label(path + ":tags")));
        AddAll(PublishRules.CheckMembers(publish.Members ?? [], Label(path + ":members")));
        AddAll(PublishRules.CheckLatestName(publish.LatestName, Label(path + ":latestName")));
    }

    private void CheckPublish(string path, string? template, IReadOnlyDictionary<string, string> properties, IReadOnlyList<string> removed)
    {
        AddAll(PublishRules.CheckTemplate(template, Label(path + ":nameTemplate")));
        AddAll(PublishRules.CheckProperties(properties, name => Label($"{path}:properties:{name}")));
        AddAll(PublishRules.CheckRemoved(removed, Label(path + ":removeProperties")));
    }

    /// <summary>Holds to the standard what reaches an image of the profile: the general properties, a cloud's, a distribution's.</summary>
    private void CheckScs(ImgsyncOptions options)
    {
        var scs = (
            from cloud in options.Clouds.Index()
            from key in options.Overrides.Keys.Prepend("")
            where options.PublishFor(cloud.Item, key).Metadata is MetadataProfile.Scs
            select (cloud.Index, Key: key)).ToList();
        if (scs.Count > 0)
            CheckScs("publish", options.Publish.Properties);
        foreach (var place in scs.Select(entry => entry.Index).Distinct())
            CheckScs($"clouds:{place}:publish", options.Clouds[place].Publish.Properties);
        foreach (var key in scs.Select(entry => entry.Key).Where(key => key is not "").Distinct(StringComparer.OrdinalIgnoreCase))
            CheckScs($"overrides:{key}:publish", options.Overrides[key].Publish.Properties);
    }

    private void CheckScs(string path, IReadOnlyDictionary<string, string> properties) =>
        AddAll(PublishRules.CheckScs(properties, name => Label($"{path}:properties:{name}")));

    private void AddAll(IEnumerable<string> found)
    {
        foreach (var fault in found)
            faults.Add(fault);
    }

    /// <summary>How the key is called where it was set, or where the section around it was.</summary>
    public string Label(string path)
    {
        var around = settings.Find(path[..Math.Max(path.LastIndexOf(':'), 0)]);
        return settings.Find(path)?.Label ?? (around is { IsLeaf: true } or { IsList: true } ? around.Label : Origin.Dotted(path));
    }
}
