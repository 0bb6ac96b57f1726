using System.Diagnostics.CodeAnalysis;

namespace Imgsync.Core.Catalog;

/// <summary>All distributions we can keep current: the built-in ones, changed and extended by the operator's own file.</summary>
public sealed class DistributionCatalog
{
    private readonly Dictionary<string, DistributionSpec> _byKey;

    internal DistributionCatalog(IReadOnlyList<DistributionSpec> all)
    {
        All = all;
        _byKey = all.ToDictionary(spec => spec.Key, StringComparer.Ordinal);
    }

    /// <summary>In the order of the catalogue files.</summary>
    public IReadOnlyCollection<DistributionSpec> All { get; }

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
