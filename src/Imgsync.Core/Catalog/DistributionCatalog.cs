using System.Diagnostics.CodeAnalysis;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Catalog;

/// <summary>All distributions we can keep current: the built-in ones, changed and extended by the operator's own file.</summary>
public sealed class DistributionCatalog
{
    private readonly Dictionary<string, DistributionSpec> _byKey;

    private DistributionCatalog(IReadOnlyList<DistributionSpec> all)
    {
        All = all;
        _byKey = all.ToDictionary(spec => spec.Key, StringComparer.Ordinal);
    }

    /// <summary>In the order of the catalogue files.</summary>
    public IReadOnlyCollection<DistributionSpec> All { get; }

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
        return reader.Faults.Count == 0 ? new(all) : throw new ConfigurationException(reader.Faults);
    }

    /// <summary>Every fault of the catalogue and of the settings that name something in it, unknown distributions included.</summary>
    /// <param name="options">The settings, which may have faults of their own.</param>
    /// <param name="label">How a key of the settings is called where it was set: <c>distributions[0] (imgsync.json)</c>.</param>
    public static IReadOnlyList<string> Check(ImgsyncOptions options, Func<string, string> label)
    {
        try
        {
            var reader = Reader(options.Catalog, label);
            var known = reader.Read(options.Publishers, options.Upstream.CaFiles, options.Overrides)
                .Select(spec => spec.Key)
                .ToHashSet(StringComparer.Ordinal);
            var lists = options.Clouds.Index()
                .Select(cloud => (Path: $"clouds:{cloud.Index}:distributions", Keys: cloud.Item.Distributions ?? []))
                .Prepend((Path: "distributions", Keys: options.Distributions));
            return
            [
                .. reader.Faults,
                .. from list in lists
                   from named in list.Keys.Index()
                   where !known.Contains(named.Item)
                   select $"{label($"{list.Path}:{named.Index}")} names the distribution {named.Item}, which is not in the catalogue"
                       + $"{NearestName.Hint(named.Item, known)}.",
            ];
        }
        catch (ConfigurationException unreadable)
        {
            return unreadable.Faults;
        }
    }

    private static CatalogReader Reader(string? userFile, Func<string, string> label) =>
        new(userFile, CatalogFile.ReadBuiltIn(), userFile is null ? new CatalogFile() : CatalogFile.Read(userFile), label);

    public bool TryGet(string key, [NotNullWhen(true)] out DistributionSpec? spec) => _byKey.TryGetValue(key, out spec);

    /// <exception cref="ConfigurationException">There is no such distribution.</exception>
    public DistributionSpec Get(string key) => Select([key])[0];

    /// <summary>The distributions of these keys, each once, in the order asked for.</summary>
    /// <exception cref="ConfigurationException">Every unknown key at once.</exception>
    public IReadOnlyList<DistributionSpec> Select(IEnumerable<string> keys)
    {
        var wanted = keys.Distinct(StringComparer.Ordinal).ToList();
        var unknown = wanted.Where(key => !_byKey.ContainsKey(key)).Select(Unknown).ToList();
        return unknown.Count == 0 ? [.. wanted.Select(key => _byKey[key])] : throw new ConfigurationException(unknown);
    }

    private string Unknown(string key) => NearestName.Find(key, _byKey.Keys) is { } nearest
        ? $"There is no distribution {key}; did you mean {nearest}?"
        : $"There is no distribution {key}; it must be one of {string.Join(", ", _byKey.Keys)}.";
}
