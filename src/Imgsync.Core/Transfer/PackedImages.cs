using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Publishing;
using Imgsync.Core.Staging;
using Imgsync.Core.Unpacking;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Transfer;

/// <summary>Unpacks staged files on their way to Glance. Nothing is unpacked before its digest was proven, and every pass proves it
/// again. The first pass only learns what comes out, and how long it is: Glance wants to know that beforehand.</summary>
internal sealed class PackedImages(IStagingStore store, ImageSignatures signatures, UpstreamOptions limits)
{
    /// <summary>Disks that are mostly empty shrink to a hundredth; what claims more than this is made to fill a cloud.</summary>
    private const int MostTimes = 1000;

    private const long MostOfTiny = 1L << 30;

    private readonly SingleFlight<long> _lengths = new();

    /// <summary>How long the disk image in a staged file is, in bytes. Each file is unpacked once for this.</summary>
    /// <exception cref="IntegrityException">It holds none that may be published.</exception>
    public Task<long> LengthAsync(ResolvedImage image, StagedImage staged, Action<long> passed, CancellationToken cancellationToken) =>
        _lengths.AskAsync(
            $"{staged.Name} {image.Packing} {image.DiskFormat}",
            async () => (await PassAsync(image, staged, upload: null, passed, CancellationToken.None)).Facts.Length,
            cancellationToken);

    /// <param name="upload">Has begun, with the length of the disk image.</param>
    public Task<VerifiedContent> SendAsync(
        ResolvedImage image, StagedImage staged, GlanceUpload upload, Action<long> passed, CancellationToken cancellationToken) =>
        PassAsync(image, staged, upload, passed, cancellationToken);

    private async Task<VerifiedContent> PassAsync(
        ResolvedImage image, StagedImage staged, GlanceUpload? upload, Action<long> passed, CancellationToken cancellationToken)
    {
        await using var packed = await store.ReadAsync(staged, cancellationToken);
        using var signature = signatures.Begin(image);
        var most = Most(staged);
        var all = limits.Digests is DigestPolicy.All;
        await using var unpacked = new UnpackedStream(
            packed, image.Packing, most, all || image.Digest.Algorithm is DigestAlgorithm.Sha256, signature);
        using var verifier = new ContentVerifier(
            image.UnpackedDigest, image.DiskFormat, image.Location, all || upload is { NeedsSha256: true });
        try
        {
            IByteSink[] sinks = upload is null ? [verifier] : [upload, verifier];
            var pass = new BytePass(upload?.Length ?? most, passed);
            if (!await pass.PumpAsync(unpacked, sinks, upload?.GaveUp ?? CancellationToken.None, cancellationToken))
                await upload!.ThrowFailureAsync();
        }
        catch (PackedContentException wrong)
        {
            RequireWhole(unpacked, image);
            throw new PackedContentException(
                $"{image.Location.InMessages()} {wrong.Message}: nothing of it is published, look at the publisher's news or at the "
                    + "entry's packing.", wrong);
        }

        RequireWhole(unpacked, image);
        await signature.RequireAsync(cancellationToken);
        return verifier.Conclude() with { Packed = unpacked.Packed };
    }

    /// <summary>What a damaged copy unpacks to says nothing about the publisher's.</summary>
    private static void RequireWhole(UnpackedStream unpacked, ResolvedImage image)
    {
        if (!unpacked.Packed.Are(image.Digest))
            throw new DamagedCopyException($"it does not hash to {image.Digest} any more.");
    }

    private long Most(StagedImage staged) =>
        Math.Min(limits.MaxUnpackedBytes, Math.Max(MostOfTiny, Math.Min(staged.Facts.Length, long.MaxValue / MostTimes) * MostTimes));
}
