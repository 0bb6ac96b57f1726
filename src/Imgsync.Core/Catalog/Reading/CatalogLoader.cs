using Imgsync.Core.Configuration;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>Loads the catalogue: the built-in one, changed and extended by the operator's file and by the settings.</summary>
public static class CatalogLoader
{
    /// <param name="userFile">A catalogue of the operator's, whose fields win over the built-in ones; null for none.</param>
    /// <param name="publisherOverrides">Where publishers' trees are read from instead, by the publisher's name in the catalogue.</param>
    /// <param name="distributionOverrides">What single distributions have different, by their keys.</param>
    /// <param name="authorities">Files of the authorities that may vouch for a publisher's servers only, by the publisher's name.</param>
    /// <exception cref="ConfigurationException">Every fault of the catalogue at once.</exception>
    public static DistributionCatalog Load(
        string? userFile,
        IReadOnlyDictionary<string, Uri> publisherOverrides,
        IReadOnlyDictionary<string, DistributionOverrides>? distributionOverrides = null,
        IReadOnlyDictionary<string, string>? authorities = null)
    {
        var overrides = distributionOverrides ?? new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal);
        var reader = Reader(userFile, path => path.Replace(':', '.'));
        var all = reader.Read(
            publisherOverrides, authorities ?? new Dictionary<string, string>(StringComparer.Ordinal), overrides);
        return reader.Faults.Count == 0 ? new DistributionCatalog(all) : throw new ConfigurationException(reader.Faults);
    }

    /// <summary>Every fault of the catalogue and of the settings that name something in it, unknown distributions included.</summary>
    /// <param name="options">The settings, which may have faults of their own.</param>
    /// <param name="label">How a key of the settings is called where it was set: <c>distributions[0] (imgsync.json)</c>.</param>
    public static IReadOnlyList<string> Check(ImgsyncOptions options, Func<string, string> label)
    {
        try
        {
            var reader = Reader(options.Catalog, label);
            var read = reader.Read(options.Publishers, options.Upstream.CaFiles, options.Overrides);
            var catalogue = new DistributionCatalog([.. read.DistinctBy(spec => spec.Key, StringComparer.Ordinal)]);
            var lists = options.Clouds.Index()
                .Select(cloud => (Path: $"clouds:{cloud.Index}:distributions", Keys: cloud.Item.Distributions ?? []))
                .Prepend((Path: "distributions", Keys: options.Distributions));
            return
            [
                .. reader.Faults,
                .. from list in lists
                   from named in list.Keys.Index()
                   where catalogue.Choose([named.Item]).Any(key => !catalogue.TryGet(key, out _))
                   select $"{label($"{list.Path}:{named.Index}")} names the distribution {named.Item}, which is not in the catalogue"
                       + $"{catalogue.Hint(named.Item)}.",
            ];
        }
        catch (ConfigurationException unreadable)
        {
            return unreadable.Faults;
        }
    }

    private static CatalogReader Reader(string? userFile, Func<string, string> label) =>
        new(userFile, CatalogFile.ReadBuiltIn(), userFile is null ? new CatalogFile() : CatalogFile.Read(userFile), label);
}
