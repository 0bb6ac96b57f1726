using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;

namespace Imgsync.Core.Publishing;

/// <summary>What Glance says it holds, compared with what we know: the last link of the chain of digests.</summary>
public static class GlanceProof
{
    /// <summary>True for a finished image that is what is published upstream.</summary>
    public static bool Holds(GlanceImage image, Digest published) =>
        DigestOf(image) is { } held
        && Mark(image, held.Algorithm) == held.Hex
        && Mark(image, published.Algorithm) == published.Hex
        && IsFinished(image);

    /// <summary>True once the content is whole and the patch that publishes was made: it is what sets the second digest mark.</summary>
    public static bool IsFinished(GlanceImage image) =>
        image.Status is "active" or "deactivated" && Enum.GetValues<DigestAlgorithm>().All(algorithm => Mark(image, algorithm) is not null);

    /// <summary>True for an image of the older tool, which wrote one mark only: the mark agrees,
    /// and Glance's own digest does not contradict it.</summary>
    public static bool HoldsByLegacyMark(GlanceImage image, Digest published) =>
        !image.Properties.ContainsKey(ImageMarks.Run)
        && Mark(image, published.Algorithm) == published.Hex
        && DigestOf(image) is var held
        && (held is null || held.Algorithm != published.Algorithm || held == published);

    /// <exception cref="IntegrityException">Glance holds something else, or does not say what it holds.</exception>
    public static void Require(GlanceImage image, ContentFacts facts)
    {
        var held = DigestOf(image)
            ?? throw new IntegrityException(
                $"Glance gives no digest we can compare (os_hash_algo {image.OsHashAlgo ?? "absent"}) for image {image.Name} ({image.Id}); "
                    + "the image was deleted, set hashing_algorithm to sha512 in glance-api.conf.");

        if (image.Size != facts.Length || held != facts[held.Algorithm])
            throw new IntegrityException(
                $"Glance holds {image.Size} bytes with {held} as image {image.Name} ({image.Id}) where {facts.Length} bytes with "
                    + $"{facts[held.Algorithm]} were sent; the image was deleted, look at Glance's store.");
    }

    private static Digest? DigestOf(GlanceImage image) =>
        Digest.TryParse($"{image.OsHashAlgo}:{image.OsHashValue}", out var digest) ? digest : null;

    private static string? Mark(GlanceImage image, DigestAlgorithm algorithm) =>
        image.Properties.GetValueOrDefault(ImageMarks.Digest(algorithm));
}
