using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Publishing;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Transfer;

/// <summary>Sends staged copies to Glance, as they are, unpacked or converted, or lets Glance fetch them. Every pass proves the digest
/// again: a copy that no longer hashes to it is removed, so that a retry fetches it anew.</summary>
internal sealed class StagedCopies(IStagingStore store, ImageSignatures signatures, UpstreamOptions limits)
{
    private readonly PackedImages _packed = new(store, signatures, limits);
    private readonly ConvertedImages _converted = new(store, signatures, limits);
    private readonly SingleFlight<VerifiedContent> _looks = new();

    /// <summary>Learns whatever has to be known before the copy can be sent.</summary>
    public Task PrepareAsync(ImageAttempt attempt, ResolvedImage image, StagedImage staged, CancellationToken cancellationToken) =>
        LengthAsync(attempt, image, staged, cancellationToken);

    /// <param name="upload">Has not begun.</param>
    /// <param name="linkLifetime">How long a link to the copy lives, where Glance fetches it.</param>
    public async Task<VerifiedContent> SendAsync(
        ImageAttempt attempt, ResolvedImage image, StagedImage staged, GlanceUpload upload, TimeSpan linkLifetime,
        CancellationToken cancellationToken)
    {
        var converted = upload.ConvertedTo is null ? null : await UnlessDamagedAsync(
            staged,
            () => _converted.LookAsync(
                image, staged, upload.NeedsSha256, (passed, length) => attempt.Passed(passed, length), cancellationToken));
        if (upload.Way is UploadWay.WebDownload)
        {
            var content = converted ?? await LookAsync(image, staged, cancellationToken);
            if (await LetFetchAsync(staged, content, upload, linkLifetime, cancellationToken))
                return content;
        }

        var sent = 0L;
        try
        {
            if (image.ConvertTo is not null && upload.ConvertedTo is null)
                return await UnlessDamagedAsync(staged, () => _converted.SendAsync(image, staged, upload, Told, cancellationToken));

            var length = await LengthAsync(attempt, image, staged, cancellationToken);
            upload.Begin(length);
            var sentContent = await UnlessDamagedAsync(staged, () => image.Packing is Packing.None
                ? SendAsItIsAsync(image, staged, upload, passed => Told(passed, length), cancellationToken)
                : _packed.SendAsync(image, staged, upload, passed => Told(passed, length), cancellationToken));
            return converted ?? sentContent;
        }
        finally
        {
            attempt.Moved(downloaded: 0, sent);
        }

        void Told(long passed, long length) => attempt.Passed(sent = passed, length);
    }

    /// <summary>Looks whether a copy that Glance has fetched is still what was staged, and removes it if not.</summary>
    /// <exception cref="StagingUnavailableException">It is not: the next try fetches it anew.</exception>
    public Task ProveAsync(ResolvedImage image, StagedImage staged, CancellationToken cancellationToken) =>
        UnlessDamagedAsync(staged, async () =>
        {
            await using var content = await store.ReadAsync(staged, cancellationToken);
            return await _converted.ProveAsync(image, content, cancellationToken);
        });

    /// <returns>False where the cloud does not want to.</returns>
    private async Task<bool> LetFetchAsync(
        StagedImage staged, VerifiedContent content, GlanceUpload upload, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var link = await store.LinkAsync(staged, lifetime, cancellationToken);
        var isWanted = false;
        try
        {
            isWanted = await upload.FetchAsync(link, content, cancellationToken);
            return isWanted;
        }
        finally
        {
            if (!isWanted)
                await store.UnlinkAsync(staged.Name, link.Name, CancellationToken.None);
        }
    }

    /// <summary>What the copy is, by its first bytes: the digest that it was staged under is compared with what Glance has fetched.
    /// </summary>
    private Task<VerifiedContent> LookAsync(ResolvedImage image, StagedImage staged, CancellationToken cancellationToken) =>
        _looks.AskAsync($"{staged.Name} {image.DiskFormat}", () => LookOnceAsync(image, staged), cancellationToken);

    private async Task<VerifiedContent> LookOnceAsync(ResolvedImage image, StagedImage staged)
    {
        await using var content = await store.ReadAsync(staged, CancellationToken.None);
        var head = new byte[DiskImageInspector.HeadLength];
        var read = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, CancellationToken.None);
        var inspector = new DiskImageInspector();
        inspector.Append(head.AsSpan(0, read));
        return new VerifiedContent(staged.Facts, inspector.Conclude(staged.Facts.Length, image.DiskFormat));
    }

    /// <summary>How long what Glance gets is, in bytes.</summary>
    private async Task<long> LengthAsync(
        ImageAttempt attempt, ResolvedImage image, StagedImage staged, CancellationToken cancellationToken) =>
        image.Packing is Packing.None
            ? staged.Facts.Length
            : await UnlessDamagedAsync(
                staged, () => _packed.LengthAsync(image, staged, passed => attempt.Passed(passed, total: null), cancellationToken));

    private async Task<VerifiedContent> SendAsItIsAsync(
        ResolvedImage image, StagedImage staged, GlanceUpload upload, Action<long> passed, CancellationToken cancellationToken)
    {
        await using var content = await store.ReadAsync(staged, cancellationToken);
        using var verifier = new ContentVerifier(
            image.Digest, image.DiskFormat, image.Location, limits.Digests is DigestPolicy.All || upload.NeedsSha256);
        using var signature = signatures.Begin(image);
        VerifiedContent verified;
        try
        {
            // A pass that was cut short says nothing about the copy.
            var pass = new BytePass(upload.Length, passed);
            if (!await pass.PumpAsync(content, [upload, signature, verifier], upload.GaveUp, cancellationToken))
                await upload.ThrowFailureAsync();
            verified = verifier.Conclude();
        }
        catch (IntegrityException damaged)
        {
            throw new DamagedCopyException(damaged.Message, damaged);
        }

        await signature.RequireAsync(cancellationToken);
        return verified;
    }

    private async Task<T> UnlessDamagedAsync<T>(StagedImage staged, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (DamagedCopyException damaged)
        {
            await store.DeleteAsync(staged, CancellationToken.None);
            throw new StagingUnavailableException(
                $"The staged copy {staged.Name} is damaged and was removed: {damaged.Message} It is fetched anew "
                    + "at the next try.", damaged);
        }
    }
}

/// <summary>A staged copy is not what was staged.</summary>
internal sealed class DamagedCopyException(string message, Exception? innerException = null) : IntegrityException(message, innerException);
