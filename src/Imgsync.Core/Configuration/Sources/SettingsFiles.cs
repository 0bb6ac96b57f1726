namespace Imgsync.Core.Configuration.Sources;

/// <summary>Finds the settings files: the one that was named, or the nearest of each kind.</summary>
internal sealed class SettingsFiles(ConfigurationSources sources, ICollection<string> faults, ICollection<string> warnings)
{
    private static readonly string[] OwnNames = ["imgsync.json", "imgsync.yaml", "imgsync.yml"];

    private bool IsOriginal => Path.GetExtension(sources.File) is ".conf" or ".ini";

    public OriginalSettings ReadOriginal()
    {
        var path = sources.File is null ? Nearest(OriginalFolders(), ["imgsync.conf"]) : IsOriginal ? sources.File : null;
        return path is null ? OriginalSettings.None : OriginalSettings.Read(path, faults, warnings);
    }

    public SettingNode ReadOwn()
    {
        var path = sources.File is null ? Nearest(OwnFolders(), OwnNames) : IsOriginal ? null : sources.File;
        if (path is null)
            return SettingNode.Root(Origin.File(""));
        return Path.GetExtension(path) is ".yaml" or ".yml" ? YamlSettings.Read(path) : JsonSettings.Read(path, faults);
    }

    private string? Nearest(IEnumerable<string> folders, string[] names)
    {
        var found = folders
            .Select(folder => names.Select(name => Path.Combine(folder, name)).Where(File.Exists).ToList())
            .FirstOrDefault(files => files.Count > 0);
        if (found is { Count: > 1 })
            warnings.Add($"{found[0]} is read, and {string.Join(", ", found.Skip(1))} beside it is not.");
        return found?[0];
    }

    private IEnumerable<string> OwnFolders()
    {
        if (sources.CurrentDirectory is { } current)
            yield return current;
        if (sources.Variable("XDG_CONFIG_HOME") is { } config)
            yield return Path.Combine(config, "imgsync");
        if (sources.HomeDirectory is { } home)
            yield return Path.Combine(home, ".config", "imgsync");
        if (sources.SystemDirectory is { } system)
            yield return Path.Combine(system, "imgsync");
    }

    /// <summary>Where oslo.config looks for a project's file, after the current folder.</summary>
    private IEnumerable<string> OriginalFolders()
    {
        if (sources.CurrentDirectory is { } current)
            yield return current;
        if (sources.HomeDirectory is { } home)
        {
            yield return Path.Combine(home, ".imgsync");
            yield return home;
        }

        if (sources.SystemDirectory is { } system)
        {
            yield return Path.Combine(system, "imgsync");
            yield return system;
        }
    }
}
