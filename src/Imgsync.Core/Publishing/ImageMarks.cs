using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;

namespace Imgsync.Core.Publishing;

/// <summary>The properties by which we know our images again. Identity is content, so what counts is the digest; the rest says
/// where it came from. Only the syncing role may write them (docs/security.md).</summary>
public static class ImageMarks
{
    public const string Source = "source";

    /// <summary>The value of <see cref="Source"/>, shared with the older Python tool so that its images are recognised.</summary>
    public const string Imgsync = "imgsync";

    public const string Distribution = "imgsync.distribution";

    public const string Revision = "imgsync.revision";

    /// <summary>The publisher's own URL of the file, whatever mirror served it.</summary>
    public const string Url = "imgsync.url";

    /// <summary>The fingerprint of the key that signed the published digest.</summary>
    public const string SignedBy = "imgsync.signed_by";

    /// <summary>Which run made the image: a later one can tell a dead run's leftovers from a live run's work.</summary>
    public const string Run = "imgsync.run";

    /// <summary><c>imgsync.sha256</c> or <c>imgsync.sha512</c>, in hex: of what the publisher publishes.</summary>
    public static string Digest(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Sha256 => "imgsync.sha256",
        DigestAlgorithm.Sha512 => "imgsync.sha512",
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "not a known digest algorithm"),
    };

    /// <summary>That the content was whole and proven when the image became visible: the last thing that is written.</summary>
    public const string Finished = "imgsync.finished";

    /// <summary><c>imgsync.unpacked_sha256</c> or <c>imgsync.unpacked_sha512</c>, in hex: of what was in a packed file, or of the disk
    /// that the published file was converted to.</summary>
    public static string Unpacked(DigestAlgorithm algorithm) => Digest(algorithm).Replace(".", ".unpacked_", StringComparison.Ordinal);

    /// <summary>The digest, in hex, that Glance must have of an image of ours by its marks; null where they do not say.</summary>
    public static string? Expected(GlanceImage image, DigestAlgorithm algorithm) =>
        image.Properties.GetValueOrDefault(IsAnother(image) ? Unpacked(algorithm) : Digest(algorithm));

    /// <summary>The <c>disk_format</c> of the published file where the image was converted from it, by whomever; null where it was not.
    /// No mark says so alone: a raw image has a second digest where it was converted, which is done with qcow2 only, and where its file
    /// was packed. Of the two only the first is called so.</summary>
    public static string? ConvertedFrom(GlanceImage image) =>
        image.DiskFormat is "raw" && IsAnother(image) && image.Properties.GetValueOrDefault(Url) is { } url
        && (url.EndsWith(".qcow2", StringComparison.OrdinalIgnoreCase) || url.EndsWith(".img", StringComparison.OrdinalIgnoreCase))
            ? "qcow2"
            : null;

    /// <summary>Whether it is not the published file, byte for byte.</summary>
    private static bool IsAnother(GlanceImage image) =>
        Enum.GetValues<DigestAlgorithm>().Any(any => image.Properties.ContainsKey(Unpacked(any)));

    /// <summary>When the list with the published digest was signed, RFC 3339: no list that was signed before it is followed.</summary>
    public const string SignedAt = "imgsync.signed_at";

    /// <summary>The images that this one was made to replace by <c>--force</c>: ids, apart by commas.</summary>
    public const string Replaces = "imgsync.replaces";

    /// <summary>That it was us who protected the image from deletion.</summary>
    public const string Protected = "imgsync.protected";

    /// <summary>The visibility that we gave the image: if it has another one, somebody has decided so.</summary>
    public const string Visibility = "imgsync.visibility";

    /// <summary>The projects that we have shared the image with: ids, apart by commas. Others are somebody else's doing.</summary>
    public const string Members = "imgsync.members";

    /// <summary>That it was us who hid or deactivated the image: <c>hide</c> or <c>deactivate</c>.</summary>
    public const string Retired = "imgsync.retired";

    /// <summary>The name that an image goes back to when a newer one takes over <c>publish.latestName</c>.</summary>
    public const string Name = "imgsync.name";

    public static string? DistributionOf(GlanceImage image) => image.Properties.GetValueOrDefault(Distribution);

    /// <summary>The publisher's revision, or null when the image has none that can be put in order.</summary>
    public static Upstream.Revision? RevisionOf(GlanceImage image) =>
        Upstream.Revision.TryParse(image.Properties.GetValueOrDefault(Revision), out var revision) ? revision : null;
}
