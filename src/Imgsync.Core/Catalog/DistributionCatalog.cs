using System.Diagnostics.CodeAnalysis;
using Imgsync.Core.Configuration;

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

    /// <summary>The keys that words mean: keys in any case, patterns (<c>debian*</c>), families (<c>family:rocky</c>) and what to leave
    /// out (<c>-arm64</c>). A word that means nothing stays.</summary>
    public IReadOnlyList<string> Choose(IEnumerable<string> words) => DistributionChoice.Keys(words, All);

    /// <summary>Everything that the settings choose by patterns, by its key.</summary>
    public ImgsyncOptions Choose(ImgsyncOptions options) => options with
    {
        Distributions = Choose(options.Distributions),
        Clouds =
        [
            .. options.Clouds.Select(cloud => cloud.Distributions is { } own ? cloud with { Distributions = Choose(own) } : cloud),
        ],
    };

    /// <summary>The end of a sentence about a key that is not known: of two that look alike the one that is supported longer.</summary>
    public string Hint(string wrong) => NearestName.Hint(wrong, _byKey.Keys, Lasts);

    /// <exception cref="ConfigurationException">There is no such distribution.</exception>
    public DistributionSpec Get(string key) => TryGet(key, out var spec) ? spec : throw new ConfigurationException(Unknown(key));

    /// <summary>The distributions that words mean, as <see cref="Choose(IEnumerable{string})"/> does, each once, in the order asked
    /// for.</summary>
    /// <exception cref="ConfigurationException">Every word at once that means none.</exception>
    public IReadOnlyList<DistributionSpec> Select(IEnumerable<string> words)
    {
        var wanted = Choose(words);
        var unknown = wanted.Where(key => !_byKey.ContainsKey(key)).Select(Unknown).ToList();
        return unknown.Count == 0 ? [.. wanted.Select(key => _byKey[key])] : throw new ConfigurationException(unknown);
    }

    private int Lasts(string key) => (_byKey[key].EndOfSupport ?? DateOnly.MaxValue).DayNumber;

    private string Unknown(string key) => NearestName.Find(key, _byKey.Keys, Lasts) is { } nearest
        ? $"There is no distribution {key}; did you mean {nearest}?"
        : $"There is no distribution {key}; it must be one of those that imgsync list shows.";
}
