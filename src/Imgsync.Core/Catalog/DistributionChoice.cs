using System.IO.Enumeration;

namespace Imgsync.Core.Catalog;

/// <summary>Which distributions somebody means by a list of words: keys in any case, patterns (<c>debian*</c>), families
/// (<c>family:rocky</c>), and what to leave out (<c>-arm64</c>, <c>-debian11*</c>).</summary>
internal static class DistributionChoice
{
    private const string Family = "family:";

    /// <summary>The keys, in the order in which the words name them, each once. A word that names nothing stays as it is, so
    /// that it is told.</summary>
    public static IReadOnlyList<string> Keys(IEnumerable<string> words, IReadOnlyCollection<DistributionSpec> catalogue)
    {
        var all = words.ToList();
        var leaving = all.Where(IsLeftOut).ToLookup(word => word, word => LeftOut(word[1..], catalogue).ToList(), StringComparer.Ordinal);
        var left = leaving.SelectMany(word => word.First()).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. all.Where(word => !IsLeftOut(word) || leaving[word].First() is [])
                .SelectMany(word => !IsLeftOut(word) && Named(word, catalogue) is { Count: > 0 } named ? named : [word])
                .Distinct(StringComparer.Ordinal)
                .Where(key => !left.Contains(key)),
        ];
    }

    private static bool IsLeftOut(string word) => word.StartsWith('-');

    private static List<string> Named(string word, IReadOnlyCollection<DistributionSpec> catalogue) =>
        [.. catalogue.Where(spec => IsMeant(word, spec)).Select(spec => spec.Key)];

    private static IEnumerable<string> LeftOut(string word, IReadOnlyCollection<DistributionSpec> catalogue) => Named(word, catalogue)
        .Concat(catalogue.Where(spec => spec.Key.EndsWith($"-{word}", StringComparison.OrdinalIgnoreCase)).Select(spec => spec.Key));

    private static bool IsMeant(string word, DistributionSpec spec) => word.StartsWith(Family, StringComparison.OrdinalIgnoreCase)
        ? Matches(word[Family.Length..], spec.Family)
        : Matches(word, spec.Key);

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
