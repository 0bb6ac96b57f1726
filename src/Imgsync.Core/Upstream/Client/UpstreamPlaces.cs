using Imgsync.Core.Catalog;

namespace Imgsync.Core.Upstream.Client;

/// <summary>The trees that the catalogue and the settings name, so that a failure can say where its host is named, and an authority
/// vouches for the servers it is named for only.</summary>
/// <param name="caFile">Authorities where none are named for the tree itself.</param>
internal sealed class UpstreamPlaces(IEnumerable<DistributionSpec> distributions, string? caFile)
{
    private readonly UpstreamPlace _elsewhere = new(Tree: null, Setting: null, caFile, "upstream.caFile");

    // The longest tree around a file is the one that it was asked for in. What names one tree twice means one server.
    private readonly List<UpstreamPlace> _places =
    [
        .. distributions
            .SelectMany(distribution => Of(distribution, caFile))
            .DistinctBy(place => (place.Tree, place.CaFile))
            .OrderByDescending(place => place.Tree!.AbsoluteUri.Length)
            .ThenByDescending(place => place.CaFile != caFile),
    ];

    /// <summary>What was named once, for every server.</summary>
    public IEnumerable<UpstreamPlace> All => _places.Append(_elsewhere);

    /// <param name="start">The URL first asked for, not one that it led to.</param>
    public UpstreamPlace Around(Uri start) => _places.Find(place => place.Tree!.IsBaseOf(start)) ?? _elsewhere;

    private static IEnumerable<UpstreamPlace> Of(DistributionSpec distribution, string? caFile)
    {
        var publisher = distribution.Publisher;
        var setting = publisher.BaseUrl == publisher.OfficialUrl
            ? $"the catalogue's publishers.{publisher.Name}.url"
            : $"publishers.{publisher.Name}";
        var mirrors = $"overrides.{distribution.Key}";
        return distribution.Mirrors
            .Select(mirror => new UpstreamPlace(
                mirror, mirrors + ".mirrors", distribution.MirrorsCaFile ?? caFile, mirrors + ".caFile"))
            .Prepend(new UpstreamPlace(
                publisher.BaseUrl, setting, publisher.CaFile ?? caFile, $"upstream.caFiles.{publisher.Name}"));
    }
}

/// <param name="Tree">Null where the URL is in none that was named.</param>
/// <param name="Setting">Where the tree is named; null without one.</param>
/// <param name="CaFile">Whose certificates are taken there, beside those of the system's authorities; null for no others.</param>
/// <param name="CaSetting">Where such a file is, or can be, named.</param>
internal sealed record UpstreamPlace(Uri? Tree, string? Setting, string? CaFile, string CaSetting);
