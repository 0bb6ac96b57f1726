using Imgsync.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions.Setup;

/// <summary>How much is logged, as the platform reads it from settings such as <c>Logging__LogLevel__Default</c>. A level that it does
/// not know ends the worker with the first line that is logged.</summary>
internal static class LogLevels
{
    /// <summary>Empties the settings that name no level; the platform then takes the next general one.</summary>
    /// <returns>Which they were, in a sentence; null when all are good.</returns>
    public static string? SetAside(IConfiguration settings)
    {
        var logging = settings.GetSection("Logging");
        IConfigurationSection[] unknown =
        [
            .. logging.GetChildren().Select(provider => provider.GetSection("LogLevel")).Prepend(logging.GetSection("LogLevel"))
                .SelectMany(levels => levels.GetChildren())
                .Where(level => level.Value is { Length: > 0 } name && !Enum.TryParse<LogLevel>(name, ignoreCase: true, out _)),
        ];
        if (unknown is [])
            return null;

        var told = string.Join(
            ", ", unknown.Select(level => $"{level.Path.Replace(":", "__", StringComparison.Ordinal)} is \"{level.Value}\"")).Shortened();
        foreach (var level in unknown)
            level.Value = "";
        return $"{told}: no such level is known, so it does not count; there are {string.Join(", ", Enum.GetNames<LogLevel>())}.";
    }
}
