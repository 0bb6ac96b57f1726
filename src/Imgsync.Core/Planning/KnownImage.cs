using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>What an image in Glance is to us, by its marks and by what Glance says of it. Nothing else compares the two.</summary>
public static class KnownImage
{
    /// <summary>True for an image of ours; somebody else may have copied the marks along with an image.</summary>
    /// <param name="project">The id of the project that owns our images; null where the token
    /// has none, and then no project's image is ours.</param>
    public static bool IsOurs(GlanceImage image, string? project) =>
        project is not null
        && image.Properties.GetValueOrDefault(ImageMarks.Source) == ImageMarks.Imgsync
        && image.Owner == project;

    /// <summary>True once the content is whole and the patch that publishes was made, which sets a mark. It used to set the second of two
    /// digests instead.</summary>
    public static bool IsFinished(GlanceImage image) =>
        image.Status is "active" or "deactivated"
        && (image.Properties.ContainsKey(ImageMarks.Finished)
            || Enum.GetValues<DigestAlgorithm>().All(algorithm => Mark(image, algorithm) is not null));

    /// <summary>Who sees an image, from the fewest on.</summary>
    private static readonly string[] Visibilities = ["private", "shared", "community", "public"];

    /// <summary>True for an image that users find and can boot from: all those whom we have shown it to.</summary>
    public static bool IsVisible(GlanceImage image) => IsActiveAndListed(image) && !IsNarrowedByHand(image);

    /// <summary>Neither hidden nor deactivated, whoever may see it.</summary>
    public static bool IsActiveAndListed(GlanceImage image) => image is { Status: "active", OsHidden: false };

    /// <summary>Whether somebody else has taken the image away from people whom we had shown it to.</summary>
    private static bool IsNarrowedByHand(GlanceImage image) =>
        image.Properties.TryGetValue(ImageMarks.Visibility, out var ours)
        && Array.IndexOf(Visibilities, image.Visibility) < Array.IndexOf(Visibilities, ours);

    /// <summary>Whether a pruning step of ours has hidden or deactivated it, and not somebody by hand.</summary>
    public static bool IsRetired(GlanceImage image) => image.Properties.ContainsKey(ImageMarks.Retired);

    /// <summary>Whether somebody else has changed who sees the image.</summary>
    public static bool IsShownByHand(GlanceImage image) =>
        image.Properties.TryGetValue(ImageMarks.Visibility, out var ours) && image.Visibility != ours;

    /// <summary>True for a finished image that is what is published upstream, whichever of the offer's files it was made of.</summary>
    public static bool Holds(GlanceImage image, ResolvedImage offer) => offer.Digests.Any(published => Holds(image, published));

    /// <summary>True for an image of the older tool, which wrote one mark only: the mark agrees,
    /// and Glance's own digest does not contradict it.</summary>
    public static bool HoldsByLegacyMark(GlanceImage image, ResolvedImage offer) =>
        !image.Properties.ContainsKey(ImageMarks.Run)
        && GlanceProof.DigestOf(image) is var held
        && offer.Digests.Any(published => Mark(image, published.Algorithm) == published.Hex
            && (held is null || held.Algorithm != published.Algorithm || held == published));

    /// <summary>True for a finished image of this one published file.</summary>
    public static bool Holds(GlanceImage image, Digest published) =>
        GlanceProof.DigestOf(image) is { } held
        && ImageMarks.Expected(image, held.Algorithm) == held.Hex
        && Mark(image, published.Algorithm) == published.Hex
        && IsFinished(image);

    private static string? Mark(GlanceImage image, DigestAlgorithm algorithm) =>
        image.Properties.GetValueOrDefault(ImageMarks.Digest(algorithm));
}
