using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>
/// What systemd hands to a service in <c>$CREDENTIALS_DIRECTORY</c> (systemd.exec(5), "CREDENTIALS"). A credential that is called as one of
/// our variables or OpenStack's, or as a key behind <c>imgsync.</c>, is that setting; any other is somebody else's.
/// </summary>
internal static class Credentials
{
    /// <summary>Whole settings files that somebody hands over in this way, for <c>--config</c>.</summary>
    private static readonly string[] Files = ["imgsync.json", "imgsync.yaml", "imgsync.yml", "imgsync.conf"];

    /// <summary>Null where systemd has handed over nothing.</summary>
    public static string? Folder(ConfigurationSources sources) => sources.Variable("CREDENTIALS_DIRECTORY");

    /// <summary>Name to content.</summary>
    public static IReadOnlyDictionary<string, string?> Read(ConfigurationSources sources, SecretFiles files) =>
        Folder(sources) is { } folder && Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder)
                .Where(path => IsSetting(Path.GetFileName(path)))
                .Order(StringComparer.Ordinal)
                .ToDictionary(path => Path.GetFileName(path), path => files.Read("$CREDENTIALS_DIRECTORY", path), StringComparer.Ordinal)
            : new Dictionary<string, string?>(StringComparer.Ordinal);

    private static bool IsSetting(string name) => !Files.Contains(name, StringComparer.Ordinal)
        && (name.StartsWith("OS_", StringComparison.Ordinal)
            || name.StartsWith("IMGSYNC__", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("imgsync.", StringComparison.Ordinal));
}
