using Microsoft.Extensions.Configuration;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>
/// Everything a host hands in, because Core looks at no environment of its own. A folder that is null is not searched.
/// </summary>
public sealed record ConfigurationSources
{
    private static readonly Dictionary<string, string?> Nothing = new(StringComparer.Ordinal);

    /// <summary>
    /// The one settings file to read; null looks for <c>imgsync.json</c>, <c>imgsync.yaml</c> and <c>imgsync.conf</c> in the folders below.
    /// </summary>
    public string? File { get; init; }

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = Nothing;

    /// <summary>Options given on the command line, by their keys: <c>publish:prefix</c>.</summary>
    public IReadOnlyDictionary<string, string?> CommandLine { get; init; } = Nothing;

    /// <summary>A host's own configuration: its section <c>Imgsync</c> is read, and its <c>OS_*</c> keys.</summary>
    public IConfiguration? AppSettings { get; init; }

    /// <summary>What systemd hands to a service, by name; a variable of the same name counts more.</summary>
    internal IReadOnlyDictionary<string, string?> Credentials { get; init; } = Nothing;

    public string? CurrentDirectory { get; init; }

    public string? HomeDirectory { get; init; }

    /// <summary>Where programs keep their machine-wide settings, <c>/etc</c>.</summary>
    public string? SystemDirectory { get; init; }

    /// <summary>An environment variable or the app setting of that name; null when it is empty.</summary>
    internal string? Variable(string name) =>
        Clean(AppSettings?[name] ?? Environment.GetValueOrDefault(name));

    /// <summary>Without the carriage return that Windows line ends leave behind, and blanks; null when nothing is left.</summary>
    internal static string? Clean(string? value) => value?.Trim(' ', '\t', '\r', '\n') is { Length: > 0 } text ? text : null;
}
