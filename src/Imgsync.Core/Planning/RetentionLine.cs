using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>One distribution for one architecture in one cloud: which images count, and how many of them stay.</summary>
public sealed record RetentionLine
{
    public required DistributionSpec Distribution { get; init; }

    /// <summary>The image that this very run found verified and active.</summary>
    public required GlanceImage Newest { get; init; }

    /// <summary>What the publisher calls <see cref="Newest"/>.</summary>
    public required Revision Revision { get; init; }

    /// <summary>How many stay, the newest among them.</summary>
    public required int Keep { get; init; }

    public required PruneOptions Steps { get; init; }

    /// <summary>The id of the project whose images are ours; null where the token has none.</summary>
    public required string? Project { get; init; }

    /// <summary>By the cloud's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The whole catalogue, see <see cref="Situation.Catalogue"/>.</summary>
    public required IReadOnlyCollection<DistributionSpec> Catalogue { get; init; }

    private string Architecture => Newest.Properties.GetValueOrDefault("architecture", Distribution.Architecture.InGlance());

    /// <summary>The finished images of this distribution and architecture that our project owns.</summary>
    public IEnumerable<GlanceImage> Among(ImageListing images)
    {
        var ours = images.Of(Distribution.Key);
        return ours.Concat(images.Of(distribution: null)).Where(Contains);
    }

    /// <summary>
    /// The revisions that are there, newest first, each with its twins. What is newer than the newest verified is somebody's rollback or a
    /// publisher's mistake, and not ours to judge; what carries no revision that we understand cannot be put in order. Both are left out.
    /// </summary>
    public IReadOnlyList<KnownRevision> Revisions(ImageListing images) =>
    [
        .. Among(images).Where(image => image.Id != Newest.Id).Prepend(Newest)
            .Select(image => (Image: image, Revision: image.Id == Newest.Id || IsReplaced(image) ? Revision : RevisionOf(image)))
            .Where(entry => entry.Revision is { } revision && revision.CompareTo(Revision) <= 0)
            .GroupBy(entry => (entry.Revision!.Value, ContentOf(entry.Image)))
            .Select(twins => new KnownRevision(twins.First().Revision!.Value, [.. twins.Select(entry => entry.Image)]))
            .OrderByDescending(revision => revision.Revision)
            .ThenByDescending(revision => revision.Images.Any(image => image.Id == Newest.Id))
            .ThenByDescending(revision => KnownImage.IsVisible(revision.Chosen))
            .ThenByDescending(revision => revision.Lasting.CreatedAt),
    ];

    /// <summary>Of images of one revision only those with one content are twins.</summary>
    private static string ContentOf(GlanceImage image) =>
        image.OsHashValue ?? image.Properties.GetValueOrDefault(ImageMarks.Digest(DigestAlgorithm.Sha512)) ?? image.Id;

    private bool Contains(GlanceImage image) =>
        KnownImage.IsOurs(image, Project)
        && image.Properties.GetValueOrDefault("architecture", Architecture) == Architecture
        && (IsOurs(image) || IsAdopted(image));

    public Revision? RevisionOf(GlanceImage image) => ImageMarks.RevisionOf(image) ?? (IsAdopted(image) ? LegacyImage.DateOf(image) : null);

    private bool IsOurs(GlanceImage image) => ImageMarks.DistributionOf(image) == Distribution.Key && KnownImage.IsFinished(image);

    /// <summary>An image of the older tool's that we have published again is ours to take away, whatever the settings say of
    /// the others.</summary>
    private bool IsAdopted(GlanceImage image) =>
        (Steps.AdoptLegacy || IsReplaced(image)) && LegacyImage.IsOf(Distribution, image, Catalogue);

    private bool IsReplaced(GlanceImage image) =>
        Twins.ReplacedBy(Newest).Contains(image.Id, StringComparer.Ordinal) && ContentOf(image) == ContentOf(Newest);
}

/// <summary>A revision that a cloud has, and its images, which are twins.</summary>
public sealed record KnownRevision(Revision Revision, IReadOnlyList<GlanceImage> Images)
{
    /// <summary>The image that stands for it, the same one for every installation.</summary>
    public GlanceImage Chosen => Twins.Choose(Images);

    /// <summary>The one that would be left if we took away all we may: with it the revision keeps its place among the other contents of
    /// the same revision, whatever a clean-up has done with its twins.</summary>
    public GlanceImage Lasting
    {
        get
        {
            var visible = KnownImage.IsVisible(Chosen);
            var left = Images.Where(image => RetirementStep.IsByHand(image) && KnownImage.IsVisible(image) == visible).ToList();
            return left is [] ? Chosen : Twins.Choose(left);
        }
    }
}
