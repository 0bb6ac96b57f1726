using Microsoft.Extensions.Configuration;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>
/// <c>IMGSYNC__PUBLISH__PREFIX</c> in the environment, which is the same thing as <c>Imgsync__Publish__Prefix</c> in app settings, and
/// as <c>imgsync.publish.prefix</c> among a service's credentials.
/// </summary>
internal static class EnvironmentSettings
{
    private const string Section = "Imgsync";
    private const string Prefix = Section + "__";
    private const string CredentialPrefix = "imgsync.";

    public static SettingNode Read(ConfigurationSources sources)
    {
        var variables = Read(sources.Credentials, Origin.Credential).Under(Read(sources.Environment, "environment"));
        return sources.AppSettings is { } appSettings ? variables.Under(Read(appSettings)) : variables;
    }

    private static SettingNode Read(IReadOnlyDictionary<string, string?> variables, string where)
    {
        var root = SettingNode.Root(new Origin(where, Origin.Dotted));
        foreach (var (name, value) in variables.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (Key(name, where) is { Length: > 0 } key)
                root.Set(key, value?.TrimEnd('\r', '\n'), Origin.Named(name, where));
        }

        return root;
    }

    /// <summary>Null for what is none of ours.</summary>
    private static string? Key(string name, string where) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal)
            : where is Origin.Credential && name.StartsWith(CredentialPrefix, StringComparison.Ordinal)
                ? name[CredentialPrefix.Length..].Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
                    .Replace('.', ':')
                : null;

    private static SettingNode Read(IConfiguration appSettings) =>
        SettingNode.From(appSettings.GetSection(Section), "", new Origin("app settings", Spell));

    private static string Spell(string path) => Prefix + path.Replace(":", "__", StringComparison.Ordinal);
}
