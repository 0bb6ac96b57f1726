using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;

namespace Imgsync.Core.Planning;

/// <summary>What an image in Glance is to us, by its marks and by what Glance says of it. Nothing else compares the two.</summary>
public static class KnownImage
{
    /// <summary>True for an image of ours; somebody else may have copied the marks along with an image.</summary>
    /// <param name="project">The id of the project that owns our images; null where the token
    /// has none, and then no project's image is ours.</param>
    public static bool IsOurs(GlanceImage image, string? project) =>
        image.Properties.GetValueOrDefault(ImageMarks.Source) == ImageMarks.Imgsync && image.Owner == project;

    /// <summary>True once the content is whole and the patch that publishes was made: it is what sets the second digest mark.</summary>
    public static bool IsFinished(GlanceImage image) =>
        image.Status is "active" or "deactivated" && Enum.GetValues<DigestAlgorithm>().All(algorithm => Mark(image, algorithm) is not null);

    /// <summary>True for an image that users find in their lists and can boot from.</summary>
    public static bool IsVisible(GlanceImage image) => image is { Status: "active", OsHidden: false };

    /// <summary>Whether somebody else has changed who sees the image.</summary>
    public static bool IsShownByHand(GlanceImage image) =>
        image.Properties.TryGetValue(ImageMarks.Visibility, out var ours) && image.Visibility != ours;

    /// <summary>True for a finished image that is what is published upstream.</summary>
    public static bool Holds(GlanceImage image, Digest published) =>
        GlanceProof.DigestOf(image) is { } held
        && Mark(image, held.Algorithm) == held.Hex
        && Mark(image, published.Algorithm) == published.Hex
        && IsFinished(image);

    /// <summary>True for an image of the older tool, which wrote one mark only: the mark agrees,
    /// and Glance's own digest does not contradict it.</summary>
    public static bool HoldsByLegacyMark(GlanceImage image, Digest published) =>
        !image.Properties.ContainsKey(ImageMarks.Run)
        && Mark(image, published.Algorithm) == published.Hex
        && GlanceProof.DigestOf(image) is var held
        && (held is null || held.Algorithm != published.Algorithm || held == published);

    private static string? Mark(GlanceImage image, DigestAlgorithm algorithm) =>
        image.Properties.GetValueOrDefault(ImageMarks.Digest(algorithm));
}
