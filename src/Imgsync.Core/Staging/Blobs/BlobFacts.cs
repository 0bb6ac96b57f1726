using Imgsync.Core.Content;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>What a staged blob's metadata says of its content. Only verified content ever gets it.</summary>
internal static class BlobFacts
{
    private const string Sha256 = "sha256";
    private const string Sha512 = "sha512";

    public static Dictionary<string, string> Write(ResolvedImage image, ContentFacts facts) => new(StringComparer.Ordinal)
    {
        [Sha256] = facts.Sha256.Hex,
        [Sha512] = facts.Sha512.Hex,
        ["source"] = image.OfficialLocation.AbsoluteUri,
        ["revision"] = image.Revision,
    };

    /// <summary>Null for blobs that are not staged images.</summary>
    public static ContentFacts? Read(IDictionary<string, string>? metadata, long? length) =>
        metadata is not null && length is not null
        && metadata.TryGetValue(Sha256, out var sha256) && Digest.TryFromHex(DigestAlgorithm.Sha256, sha256, out var first)
        && metadata.TryGetValue(Sha512, out var sha512) && Digest.TryFromHex(DigestAlgorithm.Sha512, sha512, out var second)
            ? new ContentFacts(length.Value, first, second)
            : null;
}
