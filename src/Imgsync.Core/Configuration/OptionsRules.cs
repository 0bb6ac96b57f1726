using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration;

/// <summary>What no single value can show: whether the settings hold together.</summary>
internal sealed class OptionsRules(SettingNode settings, ICollection<string> faults)
{
    private static readonly string[] Interfaces = ["public", "internal", "admin"];

    public void Check(ImgsyncOptions options)
    {
        CheckPublish("publish", options.Publish.NameTemplate, options.Publish.Properties);
        for (var i = 0; i < options.Clouds.Count; i++)
            CheckCloud(options.Clouds[i], $"clouds:{i}");

        foreach (var twice in options.Clouds.GroupBy(cloud => cloud.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
            faults.Add($"clouds names '{twice.Key}' {twice.Count()} times: a cloud's name stands for one cloud.");
    }

    private void CheckCloud(CloudOptions cloud, string path)
    {
        if (!Interfaces.Contains(cloud.Interface, StringComparer.Ordinal))
            faults.Add($"{Label(path + ":interface")} is '{cloud.Interface}': it must be public, internal or admin.");
        AddAll(KeystoneRules.Check(cloud));
    }

    private void CheckPublish(string path, string? template, IReadOnlyDictionary<string, string> properties)
    {
        AddAll(PublishRules.CheckTemplate(template, Label(path + ":nameTemplate")));
        AddAll(PublishRules.CheckProperties(properties, name => Label($"{path}:properties:{name}")));
    }

    private void AddAll(IEnumerable<string> found)
    {
        foreach (var fault in found)
            faults.Add(fault);
    }

    /// <summary>How the key is called where it was set, or where the section around it was.</summary>
    private string Label(string path)
    {
        var around = settings.Find(path[..path.LastIndexOf(':')]);
        return settings.Find(path)?.Label ?? (around is { IsLeaf: true } or { IsList: true } ? around.Label : Origin.Dotted(path));
    }
}
