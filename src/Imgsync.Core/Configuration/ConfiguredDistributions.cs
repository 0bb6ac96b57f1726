namespace Imgsync.Core.Configuration;

/// <summary>Which distributions which cloud keeps current. A cloud's own list stands in place of the general one.</summary>
public static class ConfiguredDistributions
{
    /// <summary>Everything that some cloud keeps current, each once, in the order in which the settings name it.</summary>
    public static IReadOnlyList<string> All(ImgsyncOptions options) =>
        [.. options.Distributions.Concat(options.Clouds.SelectMany(cloud => cloud.Distributions ?? [])).Distinct(StringComparer.Ordinal)];

    public static IReadOnlyList<string> Of(ImgsyncOptions options, CloudOptions cloud) => cloud.Distributions ?? options.Distributions;
}
