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
    /// <exception cref="ConfigurationException">Every fault of the catalogue at once.</exception>
    public static DistributionCatalog Load(
        string? userFile,
        IReadOnlyDictionary<string, Uri> publisherOverrides,
        IReadOnlyDictionary<string, DistributionOverrides>? distributionOverrides = null)
    {
        var own = userFile is null ? new CatalogFile() : CatalogFile.Read(userFile);
        var overrides = distributionOverrides ?? new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal);
        return new(new CatalogReader(userFile, CatalogFile.ReadBuiltIn(), own).Read(publisherOverrides, overrides));
    }

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
