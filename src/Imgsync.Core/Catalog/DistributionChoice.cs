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
        var meant = words.Select(word => (Word: word, Keys: Meant(word, catalogue))).ToList();
        var left = meant.Where(one => IsLeftOut(one.Word)).SelectMany(one => one.Keys).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. meant.SelectMany(one => one.Keys is [] ? [one.Word] : one.Keys)
                .Distinct(StringComparer.Ordinal)
                .Where(key => !left.Contains(key)),
        ];
    }

    private static List<string> Meant(string word, IReadOnlyCollection<DistributionSpec> catalogue) =>
        [.. catalogue.Where(spec => IsLeftOut(word) ? IsWithout(word[1..], spec) : IsMeant(word, spec)).Select(spec => spec.Key)];

    private static bool IsLeftOut(string word) => word.StartsWith('-');

    /// <summary>What a word leaves out, which may also be the end of a key alone: <c>arm64</c>.</summary>
    private static bool IsWithout(string word, DistributionSpec spec) =>
        IsMeant(word, spec) || spec.Key.EndsWith($"-{word}", StringComparison.OrdinalIgnoreCase);

    private static bool IsMeant(string word, DistributionSpec spec) => word.StartsWith(Family, StringComparison.OrdinalIgnoreCase)
        ? Matches(word[Family.Length..], spec.Family)
        : Matches(word, spec.Key);

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
