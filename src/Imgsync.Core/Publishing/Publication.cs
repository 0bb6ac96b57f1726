using System.Net;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;

namespace Imgsync.Core.Publishing;

/// <summary>The one patch that makes a verified image visible, and its rehearsal.</summary>
internal static class Publication
{
    /// <summary>All at once, so that an image is either marked as finished and visible or recognisably unfinished.</summary>
    /// <param name="minDisk">The least <c>min_disk</c>, in GiB.</param>
    public static IReadOnlyList<PatchOperation> Of(VerifiedContent content, PublishOptions options, int minDisk) =>
    [
        PatchOperation.Set(ImageMarks.Finished, "true"),
        .. Digests(content.Published, ImageMarks.Digest),
        .. content.Packed is null ? [] : Digests(content.Facts, ImageMarks.Unpacked),
        PatchOperation.Set("min_disk", Math.Max(content.Disk.MinDisk, minDisk)),
        .. options.Protected ? Protection.Give : [],
        .. Show(options.Visibility),
    ];

    private static IEnumerable<PatchOperation> Digests(ContentFacts facts, Func<DigestAlgorithm, string> mark) =>
        from algorithm in Enum.GetValues<DigestAlgorithm>()
        let digest = facts[algorithm]
        where digest is not null
        select PatchOperation.Set(mark(algorithm), digest.Hex);

    /// <summary>Sets who sees the image, and marks that it was us.</summary>
    public static IReadOnlyList<PatchOperation> Show(ImageVisibility visibility) =>
        [PatchOperation.Set(ImageMarks.Visibility, visibility.InGlance()), PatchOperation.Set(visibility)];

    /// <summary>Asks whether the visibility would be granted without granting it: the second step of the patch cannot work, and a patch
    /// is all or nothing. 403 is the policy's refusal; 409 says that only the second step was in the way.</summary>
    public static async Task RehearseAsync(
        GlanceClient glance, GlanceImage image, ImageVisibility visibility, CancellationToken cancellationToken)
    {
        try
        {
            await glance.PatchAsync(
                image.Id,
                [PatchOperation.Set(visibility), PatchOperation.Remove("imgsync.rehearsal")],
                cancellationToken);
        }
        catch (CloudRefusedException refused) when (refused.Status == HttpStatusCode.Conflict)
        {
        }
    }
}

/// <summary>Protection from deletion that is ours to give and to lift. What somebody else has
/// protected stays so: it bears no mark of ours.</summary>
internal static class Protection
{
    public static IReadOnlyList<PatchOperation> Give { get; } = [PatchOperation.Set(
        "protected", true), PatchOperation.Set(ImageMarks.Protected, "true")];

    public static IReadOnlyList<PatchOperation> Lift { get; } = [PatchOperation.Set(
        "protected", false), PatchOperation.Remove(ImageMarks.Protected)];

    public static bool IsOurs(GlanceImage image) => image.Protected && image.Properties.ContainsKey(ImageMarks.Protected);

    public static IReadOnlyList<PatchOperation> Change(GlanceImage image, bool wanted) =>
        wanted && !image.Protected ? Give
        : !wanted && IsOurs(image) ? Lift
        : [];
}
