using Microsoft.Extensions.Configuration;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>
/// <c>IMGSYNC__PUBLISH__PREFIX</c> in the environment, which is the same thing as <c>Imgsync__Publish__Prefix</c> in app settings.
/// </summary>
internal static class EnvironmentSettings
{
    private const string Section = "Imgsync";
    private const string Prefix = Section + "__";

    public static SettingNode Read(ConfigurationSources sources)
    {
        var variables = Read(sources.Environment);
        return sources.AppSettings is { } appSettings ? variables.Under(Read(appSettings)) : variables;
    }

    private static SettingNode Read(IReadOnlyDictionary<string, string?> environment)
    {
        var root = SettingNode.Root(new Origin("environment", Origin.Dotted));
        foreach (var (name, value) in environment.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && name.Length > Prefix.Length)
            {
                var key = name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal);
                root.Set(key, value?.TrimEnd('\r', '\n'), Origin.Named(name, "environment"));
            }
        }

        return root;
    }

    private static SettingNode Read(IConfiguration appSettings) =>
        SettingNode.From(appSettings.GetSection(Section), "", new Origin("app settings", Spell));

    private static string Spell(string path) => Prefix + path.Replace(":", "__", StringComparison.Ordinal);
}
