using Imgsync.Core.Catalog;
using Imgsync.Core.Content;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>What a place names, among which the newest is looked for.</summary>
/// <param name="Location">The place, for messages.</param>
/// <param name="Templates">What a name has to look like to count, one of these.</param>
/// <param name="Witness">What changes when there is a newer one; null where the server does not say.</param>
/// <param name="List">The list of digests, where the names stand in it.</param>
/// <param name="Provenance">What digests that stand beside the names are worth; null where there are none.</param>
internal sealed record Offer(
    Uri Location,
    IReadOnlyList<OfferedName> Names,
    IReadOnlyList<string> Templates,
    Witness? Witness = null,
    DigestList? List = null,
    Provenance? Provenance = null)
{
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    /// <summary>The newest of those that look as they should, by the numbers in their parts.</summary>
    /// <exception cref="UpstreamException">There is none.</exception>
    public Found Newest(DistributionSpec spec, IReadOnlyDictionary<string, string>? known = null)
    {
        var patterns = Templates.Select(template => (template, new PartPattern(spec, template, known))).ToList();
        var found = (from name in Names
                     from pattern in patterns
                     let parts = pattern.Item2.Match(name.Text)
                     where parts is not null
                     let all = (known ?? Nothing).Concat(parts).ToDictionary(StringComparer.Ordinal)
                     select new Found(all, pattern.template, name, Rank(spec, all))).ToList();

        // An operator may want the release before the newest, which is then the newest of its own.
        var releases = found.Select(one => one.Rank[0]).Distinct().OrderDescending().ToList();
        var release = known is null ? spec.Behind : 0;
        return release < releases.Count
            ? found.Where(one => one.Rank[0] == releases[release]).MaxBy(one => one.Rank, ByParts)!
            : throw new UpstreamException(
                $"{Location.InMessages()} names no {string.Join(" or ", Templates)} among {Names.Count} names"
                + (release > 0 && releases.Count > 0 ? $" that is {release} behind the newest" : "")
                + "; the publisher may have renamed its images, or the catalogue misspells them.");
    }

    /// <summary>The numbers to compare by: those that make up the revision first, in its order.</summary>
    private static List<Revision> Rank(DistributionSpec spec, Dictionary<string, string> parts) =>
    [
        .. NameTemplate.Parts(spec.RevisionTemplate).Where(parts.ContainsKey)
            .Concat(parts.Keys.Order(StringComparer.Ordinal))
            .Select(part => Revision.TryParse(parts[part], out var number) ? number : default),
    ];

    private static readonly Comparer<List<Revision>> ByParts = Comparer<List<Revision>>.Create(
        (one, other) => one.Zip(other, (left, right) => left.CompareTo(right)).FirstOrDefault(order => order != 0));
}

/// <param name="Digest">Where it stands beside the name.</param>
/// <param name="UnpackedDigest">Of what is in the packed image, where it stands there, too.</param>
internal sealed record OfferedName(string Text, Digest? Digest = null, Digest? UnpackedDigest = null)
{
    public static IReadOnlyList<OfferedName> All(IEnumerable<string> names) => [.. names.Select(name => new OfferedName(name))];
}

/// <param name="Parts">The parts of the revision that the name has.</param>
/// <param name="Template">What it looks like.</param>
internal sealed record Found(IReadOnlyDictionary<string, string> Parts, string Template, OfferedName Name, List<Revision> Rank);
