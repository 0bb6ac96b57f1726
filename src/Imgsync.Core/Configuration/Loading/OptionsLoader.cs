using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>The one way to options, from wherever they come. The later a source in this list, the more it counts: an original
/// <c>imgsync.conf</c>, <c>imgsync.json</c> or <c>imgsync.yaml</c>, a service's credentials, the environment and app settings,
/// the command line.</summary>
public static class OptionsLoader
{
    /// <param name="alsoCheck">What a host holds the options to besides, told together with the rest. It is given the options, and
    /// how a key (<c>clouds:0:distributions</c>) is called where it was set.</param>
    /// <exception cref="ConfigurationException">Settings that cannot work, every fault at once.</exception>
    public static ImgsyncConfiguration Load(
        ConfigurationSources sources, Func<ImgsyncOptions, Func<string, string>, IEnumerable<string>>? alsoCheck = null)
    {
        List<string> faults = [];
        List<string> warnings = [];
        var (options, settings) = Bind(sources, faults, warnings);
        var rules = new OptionsRules(settings, faults);
        rules.Check(options);
        faults.AddRange(alsoCheck?.Invoke(options, rules.Label) ?? []);
        warnings.AddRange(UnsharedMembers(options));
        warnings.AddRange(NotifyRules.Questionable(options.Notify));
        return faults.Count > 0
            ? throw new ConfigurationException(faults)
            : new ImgsyncConfiguration(options, warnings, [.. EffectiveSettings.Of(options, settings)]);
    }

    /// <summary>Of settings that cannot be used, what it takes to tell somebody: the receivers without a fault of their own, and where
    /// reports are kept.</summary>
    /// <returns>Null where nobody can be told.</returns>
    public static ImgsyncOptions? ForMessages(ConfigurationSources sources)
    {
        try
        {
            var (options, _) = Bind(sources, [], []);
            ImgsyncOptions left = new()
            {
                Notify = [.. options.Notify.Where(receiver => !NotifyRules.Check(receiver, key => key).Any())],
                Staging = options.Staging,
            };
            return left.Notify is [] ? null : left;
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    private static (ImgsyncOptions Options, SettingNode Settings) Bind(
        ConfigurationSources sources, List<string> faults, List<string> warnings)
    {
        faults.AddRange(NotUtf8(sources.Environment));
        var secrets = new SecretFiles(Credentials.Folder(sources), faults, warnings);
        sources = sources with { Credentials = Credentials.Read(sources, secrets) };
        var files = new SettingsFiles(sources, faults, warnings);
        var original = files.ReadOriginal();
        IReadOnlyList<SettingNode> layers =
        [
            original.Settings,
            files.ReadOwn(),
            EnvironmentSettings.Read(sources),
            ReadCommandLine(sources.CommandLine),
        ];

        var merged = layers.Aggregate((lower, upper) => lower.Under(upper));
        var variables = KeystoneVariables.Read(sources, faults, warnings);
        var openStack = new OpenStackSettings(variables, original.Cloud, KeystoneVariables.Cloud(sources), warnings);
        var clouds = new CloudAssembly(openStack, new CloudsFiles(sources), faults, warnings).Assemble(layers, merged);
        var settings = merged.With("clouds", clouds);

        var options = new OptionsBinder(faults, secrets).Bind<ImgsyncOptions>(settings);
        return (options with { Clouds = [.. options.Clouds.Select(cloud => Normalize(cloud, warnings))] }, settings);
    }

    /// <summary>.NET puts a replacement character where a variable's bytes are no UTF-8: a password with one would only be refused
    /// by the cloud, again and again.</summary>
    private static IEnumerable<string> NotUtf8(IReadOnlyDictionary<string, string?> environment) =>
        from variable in environment.OrderBy(variable => variable.Key, StringComparer.Ordinal)
        where variable.Key.StartsWith("OS_", StringComparison.Ordinal)
            || variable.Key.StartsWith("IMGSYNC_", StringComparison.OrdinalIgnoreCase)
        where variable.Value?.Contains('\uFFFD', StringComparison.Ordinal) is true
        select $"{variable.Key} (environment) is not UTF-8; set it from a shell or a file that is.";

    /// <summary>The host has put the keys in colon form already.</summary>
    private static SettingNode ReadCommandLine(IReadOnlyDictionary<string, string?> settings)
    {
        var origin = new Origin("command line", Origin.Dotted);
        var root = SettingNode.Root(origin);
        foreach (var (key, value) in settings)
            root.Set(key, value, origin);
        return root;
    }

    /// <summary>Members of images that are not shared: the setting looks as if it did something, and does not.</summary>
    private static IEnumerable<string> UnsharedMembers(ImgsyncOptions options) =>
        from cloud in options.Clouds
        let unshared = options.Overrides.Keys.Prepend("")
            .Select(key => options.PublishFor(cloud, key))
            .FirstOrDefault(publish => publish.Members.Count > 0 && publish.Visibility != ImageVisibility.Shared)
        where unshared is not null
        select $"The cloud '{cloud.Name}' names publish.members for images whose visibility is {unshared.Visibility.InGlance()}: only "
            + "shared images have members.";

    private static CloudOptions Normalize(CloudOptions cloud, List<string> warnings)
    {
        // Keystone's version 2 catalogue said publicURL, and openrc files still do.
        var isOld = cloud.Interface.EndsWith("URL", StringComparison.OrdinalIgnoreCase);
        var plain = isOld ? cloud.Interface[..^"URL".Length] : cloud.Interface;
        return cloud with { Interface = plain.ToLowerInvariant(), Auth = KeystoneRules.Normalize(cloud.Auth, cloud.Name, warnings) };
    }
}
