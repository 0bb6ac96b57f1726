using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>
/// The one way to options, from wherever they come. The later a source in this list, the more it counts: an original <c>imgsync.conf</c>,
/// <c>imgsync.json</c> or <c>imgsync.yaml</c>, the environment and app settings, the command line.
/// </summary>
public static class OptionsLoader
{
    /// <exception cref="ConfigurationException">Settings that cannot work, every fault at once.</exception>
    public static ImgsyncConfiguration Load(ConfigurationSources sources)
    {
        List<string> faults = [];
        List<string> warnings = [];
        var files = new SettingsFiles(sources, faults, warnings);
        var original = files.ReadOriginal();
        IReadOnlyList<SettingNode> layers =
        [
            original.Settings,
            files.ReadOwn(),
            EnvironmentSettings.Read(sources),
            CommandLineSettings.Read(sources.CommandLine),
        ];

        var merged = layers.Aggregate((lower, upper) => lower.Under(upper));
        var variables = KeystoneVariables.Read(sources);
        var openStack = new OpenStackSettings(variables, original.Cloud, KeystoneVariables.Cloud(sources), warnings);
        var clouds = new CloudAssembly(openStack, new CloudsFiles(sources), faults, warnings).Assemble(layers, merged);
        var settings = merged.With("clouds", clouds);

        var options = new OptionsBinder(faults).Bind<ImgsyncOptions>(settings);
        options = options with { Clouds = [.. options.Clouds.Select(cloud => Normalize(cloud, warnings))] };
        new OptionsRules(settings, faults).Check(options);
        warnings.AddRange(EffectivePublish.Warnings(options));
        return faults.Count > 0
            ? throw new ConfigurationException(faults)
            : new ImgsyncConfiguration(options, warnings, [.. EffectiveSettings.Of(options, settings)]);
    }

    private static CloudOptions Normalize(CloudOptions cloud, List<string> warnings)
    {
        // Keystone's version 2 catalogue said publicURL, and openrc files still do.
        var isOld = cloud.Interface.EndsWith("URL", StringComparison.OrdinalIgnoreCase);
        var plain = isOld ? cloud.Interface[..^"URL".Length] : cloud.Interface;
        return cloud with { Interface = plain.ToLowerInvariant(), Auth = KeystoneRules.Normalize(cloud.Auth, cloud.Name, warnings) };
    }
}
