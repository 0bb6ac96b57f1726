using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
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

    private string Architecture => Newest.Properties.GetValueOrDefault("architecture", Distribution.Architecture.InGlance());

    /// <summary>The finished images of this distribution and architecture that our project owns.</summary>
    public IEnumerable<GlanceImage> Among(ImageListing images)
    {
        var ours = images.Of(Distribution.Key);
        return (Steps.AdoptLegacy ? ours.Concat(images.Of(distribution: null)) : ours).Where(Contains);
    }

    private bool Contains(GlanceImage image) =>
        ImageMarks.AreOn(image, Project)
        && image.Properties.GetValueOrDefault("architecture", Architecture) == Architecture
        && (IsOurs(image) || IsAdopted(image));

    public Revision? RevisionOf(GlanceImage image) => ImageMarks.RevisionOf(image) ?? (IsAdopted(image) ? LegacyImage.DateOf(image) : null);

    private bool IsOurs(GlanceImage image) => ImageMarks.DistributionOf(image) == Distribution.Key && GlanceProof.IsFinished(image);

    private bool IsAdopted(GlanceImage image) => Steps.AdoptLegacy && LegacyImage.IsOf(Distribution, image);
}
