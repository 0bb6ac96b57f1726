using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;

namespace Imgsync.Core.Publishing;

/// <summary>What Glance says it holds, compared with what was sent: the last link of the chain of digests.</summary>
public static class GlanceProof
{
    /// <exception cref="IntegrityException">Glance holds something else, or does not say what it holds.</exception>
    /// <param name="advice">Added to the message when it is something else: a sentence with a space before it.</param>
    public static void Require(GlanceImage image, ContentFacts facts, string advice = "")
    {
        var held = DigestOf(image)
            ?? throw new IntegrityException(
                $"Glance gives no digest we can compare (os_hash_algo {image.OsHashAlgo ?? "absent"}) for image {image.Name} ({image.Id}); "
                    + "the image was deleted, set hashing_algorithm to sha512 in glance-api.conf.");

        if (facts[held.Algorithm] is null)
            throw new IntegrityException(
                $"Glance says by {held.Algorithm.Label()} what it holds of image {image.Name} ({image.Id}), which was not computed of what "
                    + "was sent; the image was deleted, set upstream.digests to all.");
        if (image.Size != facts.Length || held != facts[held.Algorithm])
            throw new IntegrityException(
                $"Glance holds {(image.Size is { } size ? $"{size} bytes" : "a content of no known length")} with {held} as image "
                    + $"{image.Name} ({image.Id}) where {facts.Length} bytes with {facts[held.Algorithm]} were sent; the image "
                    + $"was deleted, look at Glance's store.{advice}");
    }

    /// <summary>What Glance says that it holds; null when it says nothing that we can compare.</summary>
    public static Digest? DigestOf(GlanceImage image) =>
        Digest.TryParse($"{image.OsHashAlgo}:{image.OsHashValue}", out var digest) ? digest : null;
}
