namespace Imgsync.Core.Configuration.Sources;

/// <summary>The <c>OS_*</c> variables of an openrc file. They describe one cloud.</summary>
internal static class KeystoneVariables
{
    private const string Prefix = "OS_";

    public static SettingNode Read(ConfigurationSources sources)
    {
        var variables = Read(sources.Environment, "environment");
        var settings = sources.AppSettings?.GetChildren().Select(child => KeyValuePair.Create(child.Key, child.Value)) ?? [];
        return variables.Under(Read(settings, "app settings"));
    }

    public static SettingNode? Cloud(ConfigurationSources sources) =>
        sources.Variable("OS_CLOUD") is { } name ? SettingNode.Root(Origin.Named("OS_CLOUD", "environment")).WithValue(name) : null;

    private static SettingNode Read(IEnumerable<KeyValuePair<string, string?>> variables, string where)
    {
        var cloud = SettingNode.Root(new Origin(where, Origin.Dotted));
        var defaultDomains = new List<(string Word, string Value, Origin Origin)>();
        foreach (var (name, value) in variables.OrderByDescending(variable => KeystoneWords.IsOlder(Word(variable.Key))))
        {
            var word = Word(name);
            if (word.Length == 0 || string.IsNullOrEmpty(value))
                continue;

            var origin = Origin.Named(name, where);
            if (word is KeystoneWords.DefaultDomainId or KeystoneWords.DefaultDomainName)
                defaultDomains.Add((word, value, origin));
            else if (KeystoneWords.KeyOf(word) is { } key)
                cloud.Set(key, value, origin);
        }

        foreach (var (word, value, origin) in defaultDomains)
            KeystoneWords.SpreadDefaultDomain(cloud, word, value, origin);
        return cloud;
    }

    /// <summary>Empty for a variable that is none of OpenStack's.</summary>
    private static string Word(string name) => !name.StartsWith(Prefix, StringComparison.Ordinal) ? ""
        : name is "OS_DEFAULT_DOMAIN" ? KeystoneWords.DefaultDomainId
        : name[Prefix.Length..].ToLowerInvariant();
}
