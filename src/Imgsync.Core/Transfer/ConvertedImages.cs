using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.DiskImages.Qcow2;
using Imgsync.Core.Publishing;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Transfer;

/// <summary>Converts staged qcow2 images to raw on their way to Glance, or computes what must come of them where Glance does it. As with
/// packed ones nothing is converted whose digest was not proven, and every pass proves it again; how long the disk is, its header says.
/// </summary>
internal sealed class ConvertedImages(IStagingStore store, ImageSignatures signatures, UpstreamOptions limits)
{
    private readonly SingleFlight<VerifiedContent> _looks = new();

    /// <summary>What the disk in a staged file is. Each file is read once for this, however many clouds convert it themselves.</summary>
    /// <param name="sha256">Whether SHA-256 is needed beside SHA-512.</param>
    /// <param name="passed">How many bytes of the disk have been read, of how many.</param>
    /// <exception cref="IntegrityException">It is no image that can be converted, or the copy is damaged.</exception>
    public Task<VerifiedContent> LookAsync(
        ResolvedImage image, StagedImage staged, bool sha256, Action<long, long> passed, CancellationToken cancellationToken)
    {
        sha256 |= limits.Digests is DigestPolicy.All;
        return _looks.AskAsync(
            $"{staged.Name} {image.ConvertTo} {sha256}",
            () => PassAsync(image, staged, upload: null, sha256, passed, CancellationToken.None),
            cancellationToken);
    }

    /// <param name="upload">Has not begun.</param>
    /// <param name="passed">How many bytes have gone, of how many.</param>
    /// <exception cref="IntegrityException">It is no image that can be converted, or the copy is damaged.</exception>
    public Task<VerifiedContent> SendAsync(
        ResolvedImage image, StagedImage staged, GlanceUpload upload, Action<long, long> passed, CancellationToken cancellationToken) =>
        PassAsync(image, staged, upload, upload.NeedsSha256 || limits.Digests is DigestPolicy.All, passed, cancellationToken);

    private async Task<VerifiedContent> PassAsync(
        ResolvedImage image, StagedImage staged, GlanceUpload? upload, bool sha256, Action<long, long> passed,
        CancellationToken cancellationToken)
    {
        await using var copy = await store.ReadAsync(staged, cancellationToken);
        var published = await ProveAsync(image, copy, cancellationToken);
        try
        {
            await using var disk = await Qcow2Disk.OpenAsync(new SeekingReader(copy), limits.MaxUnpackedBytes, cancellationToken);
            upload?.Begin(disk.Length);
            using var verifier = new ContentVerifier(published: null, image.SentFormat, image.Location, sha256);
            var pass = new BytePass(disk.Length, sent => passed(sent, disk.Length));
            IByteSink[] sinks = upload is null ? [verifier] : [upload, verifier];
            if (!await pass.PumpAsync(disk, sinks, upload?.GaveUp ?? CancellationToken.None, cancellationToken))
                await upload!.ThrowFailureAsync();
            return verifier.Conclude() with { Packed = published };
        }
        catch (DiskImageException wrong)
        {
            throw new DiskImageException(
                $"{image.Location.InMessages()} is not converted to {image.SentFormat}, and nothing of it is published: {wrong.Message}");
        }
    }

    /// <exception cref="DamagedCopyException">The copy is not the published file.</exception>
    public async Task<ContentFacts> ProveAsync(ResolvedImage image, Stream copy, CancellationToken cancellationToken)
    {
        using var hasher = new ContentHasher(limits.Digests is DigestPolicy.All || image.Digest.Algorithm is DigestAlgorithm.Sha256);
        using var signature = signatures.Begin(image);
        await new BytePass(long.MaxValue, _ => { }).PumpAsync(copy, [signature, hasher], CancellationToken.None, cancellationToken);
        var facts = hasher.Finish();
        if (!facts.Are(image.Digest))
            throw new DamagedCopyException($"it does not hash to {image.Digest} any more.");
        await signature.RequireAsync(cancellationToken);
        return facts;
    }
}
