namespace Imgsync.Core.Configuration.Sources;

/// <summary>The <c>OS_*</c> variables of an openrc file. They describe one cloud.</summary>
internal static class KeystoneVariables
{
    private const string Prefix = "OS_";

    public static SettingNode Read(ConfigurationSources sources, ICollection<string> faults, ICollection<string> warnings)
    {
        var settings = sources.AppSettings?.GetChildren().Select(child => KeyValuePair.Create(child.Key, child.Value)) ?? [];
        return Read(sources.Credentials, Origin.Credential)
            .Under(Read(sources.Environment, "environment"))
            .Under(Read(settings, "app settings"));

        SettingNode Read(IEnumerable<KeyValuePair<string, string?>> variables, string where) =>
            KeystoneVariables.Read(variables, where, sources.HomeDirectory, faults, warnings);
    }

    public static SettingNode? Cloud(ConfigurationSources sources) =>
        sources.Variable("OS_CLOUD") is { } name ? SettingNode.Root(Origin.Named("OS_CLOUD", "environment")).WithValue(name) : null;

    private static SettingNode Read(
        IEnumerable<KeyValuePair<string, string?>> variables,
        string where,
        string? home,
        ICollection<string> faults,
        ICollection<string> warnings)
    {
        var cloud = SettingNode.Root(new Origin(where, Origin.Dotted));
        var defaultDomains = new List<(string Word, string Value, Origin Origin)>();
        foreach (var (name, said) in variables.OrderBy(variable => KeystoneWords.Weight(Word(variable.Key))))
        {
            var word = Word(name);
            var isSecret = word is "password" or "token" or "auth_token" or "application_credential_secret";
            if (word.Length == 0 || (isSecret ? said?.TrimEnd('\r', '\n') : ConfigurationSources.Clean(said)) is not { Length: > 0 } value)
                continue;

            var origin = Origin.Named(name, where);
            if (IsQuoted(value) && isSecret)
                warnings.Add($"{name} ({where}) is in quotes, and they count as part of it: take them away if a shell was to do so.");
            else if (IsQuoted(value) && KeystoneWords.KeyOf(word) is not null)
                faults.Add($"{name} ({where}) is in quotes, which belong to a shell and not to the value: take them away.");
            if (word is KeystoneWords.DefaultDomainId or KeystoneWords.DefaultDomainName)
                defaultDomains.Add((word, value, origin));
            else if (KeystoneWords.KeyOf(word) is { } key)
                cloud.Set(key, KeystoneWords.AtHome(key, value, home), origin);
        }

        KeystoneWords.SpreadDomainBesideProject(cloud);
        foreach (var (word, value, origin) in defaultDomains)
            KeystoneWords.SpreadDefaultDomain(cloud, word, value, origin);
        return cloud;
    }

    /// <summary>Docker's <c>--env-file</c> and systemd's forebears keep the quotes of an openrc.</summary>
    private static bool IsQuoted(string value) => value.Length > 1 && value[0] is '"' or '\'' && value[^1] == value[0];

    /// <summary>Empty for a variable that is none of OpenStack's.</summary>
    private static string Word(string name) => !name.StartsWith(Prefix, StringComparison.Ordinal) ? ""
        : name is "OS_DEFAULT_DOMAIN" ? KeystoneWords.DefaultDomainId
        : name[Prefix.Length..].ToLowerInvariant();
}
