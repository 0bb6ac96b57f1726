namespace Imgsync.Core.Configuration.Sources;

/// <summary>Finds the settings files: the one that was named, or the nearest of each kind.</summary>
internal static class SettingsFiles
{
    public static IEnumerable<SettingNode> Read(ConfigurationSources sources)
    {
        if (sources.File is not null)
            return [JsonSettings.Read(sources.File)];

        var found = Folders(sources).Select(folder => Path.Combine(folder, "imgsync.json")).FirstOrDefault(File.Exists);
        return found is null ? [] : [JsonSettings.Read(found)];
    }

    private static IEnumerable<string> Folders(ConfigurationSources sources)
    {
        if (sources.CurrentDirectory is { } current)
            yield return current;
        if (sources.HomeDirectory is { } home)
            yield return Path.Combine(home, ".config", "imgsync");
        if (sources.SystemDirectory is { } system)
            yield return Path.Combine(system, "imgsync");
    }
}
