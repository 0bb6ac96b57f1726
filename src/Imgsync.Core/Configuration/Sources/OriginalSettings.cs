namespace Imgsync.Core.Configuration.Sources;

/// <summary>An <c>imgsync.conf</c> of the original tool, in our words.</summary>
/// <param name="Settings">What <c>[DEFAULT]</c> says.</param>
/// <param name="Cloud">What <c>[keystone_auth]</c> says.</param>
internal sealed record OriginalSettings(SettingNode Settings, SettingNode Cloud)
{
    /// <summary>All that the original's last version, 2.1.0, knows: what it syncs by a file that names none.</summary>
    private const string DefaultDistributions = "ubuntu18,ubuntu20,ubuntu22,ubuntu24,debian11,debian12,debian-testing";

    private static readonly string[] Gone = ["centos6", "centos7", "ubuntu14", "ubuntu16", "debian9", "debian10"];

    private static readonly Dictionary<string, string> Plain = new(StringComparer.Ordinal)
    {
        ["prefix"] = "publish:prefix",
        ["debug"] = "log:debug",
        ["log_file"] = "log:file",
        ["logfile"] = "log:file",
    };

    public static OriginalSettings None { get; } = new(SettingNode.Root(Origin.File("")), SettingNode.Root(Origin.File("")));

    public static OriginalSettings Read(string path, ICollection<string> faults, ICollection<string> warnings)
    {
        // What is not set is shown like this in the original's own sample.
        var options = OsloFile.Read(path).Where(option => option.Value is not ("" or "<None>")).ToList();
        foreach (var option in options)
        {
            if (OriginalNames.Complaint(option) is { } complaint)
                faults.Add($"{option} ({path}) {complaint}");
        }

        var meaningless = options.Where(OriginalNames.IsMeaningless).Select(option => $"{option}").ToHashSet(StringComparer.Ordinal);
        if (meaningless.Count > 0)
            warnings.Add($"{path} sets {string.Join(", ", meaningless)}: that has no meaning here and is passed over.");

        var settings = Translate([.. options.Where(option => option.Section is "DEFAULT")], path, warnings);
        var cloud = OriginalCloud.Translate([.. options.Where(option => option.Section is "keystone_auth")], path);
        return new OriginalSettings(settings, cloud);
    }

    private static SettingNode Translate(List<OsloOption> options, string path, ICollection<string> warnings)
    {
        var settings = SettingNode.Root(Origin.File(path));
        foreach (var option in options)
        {
            if (Plain.TryGetValue(option.Name, out var key))
                settings.Set(key, option.Value, Origin.NamedInFile(option.ToString(), path));
        }

        AddList(settings, "publish:properties", Items(options, "properties"), Origin.NamedInFile("[DEFAULT] properties", path));

        var origin = Origin.NamedInFile("[DEFAULT] distributions", path);
        var named = Items(options, "distributions").Select(name => name is "debiantesting" ? "debian-testing" : name).ToList();
        var gone = named.Intersect(Gone, StringComparer.Ordinal).ToList();
        if (gone.Count > 0)
            warnings.Add($"[DEFAULT] distributions ({path}) names {string.Join(", ", gone)}, which the catalogue has no more: left out.");
        if (named.Count == 0)
            settings.Set("distributions", DefaultDistributions, origin with { Where = $"{path}, the Python tool's default" });
        else
            AddList(settings, "distributions", named.Except(Gone, StringComparer.Ordinal), origin);
        return settings;
    }

    private static IEnumerable<string> Items(List<OsloOption> options, string name) => options
        .Where(option => string.Equals(option.Name, name, StringComparison.Ordinal))
        .SelectMany(option => option.Value.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static void AddList(SettingNode settings, string key, IEnumerable<string> items, Origin origin)
    {
        foreach (var (position, item) in items.Index())
            settings.Set($"{key}:{position}", item, origin);
    }
}

/// <summary>The original's <c>[keystone_auth]</c> as a cloud of ours.</summary>
internal static class OriginalCloud
{
    public static SettingNode Translate(IReadOnlyList<OsloOption> options, string path)
    {
        var cloud = SettingNode.Root(Origin.File(path));
        foreach (var option in options.OrderBy(option => KeystoneWords.Weight(option.Name)))
        {
            var origin = Origin.NamedInFile(option.ToString(), path);
            if (option.Name is "timeout")
                cloud.Set("timeout", option.Value + "s", origin);
            else if (KeystoneWords.KeyOf(option.Name) is { } key)
                cloud.Set(key, option.Value, origin);
        }

        foreach (var option in options.Where(option => option.Name is KeystoneWords.DefaultDomainId or KeystoneWords.DefaultDomainName))
            KeystoneWords.SpreadDefaultDomain(cloud, option.Name, option.Value, Origin.NamedInFile(option.ToString(), path));
        return cloud;
    }
}
