using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Sync;

/// <summary>
/// Moves an image's bytes once: from upstream to the hashes, to staging and, where an upload is handed in, to Glance
/// at the same time. What is staged already is read from there, and hashed again on the way.
/// </summary>
public sealed class ImageTransfer(IStagingStore store, UpstreamClient upstream, UpstreamOptions limits, Measurements measurements, TimeProvider time)
{
    /// <summary>Fetches what staging does not have yet; it gets its final name once it is verified.</summary>
    /// <param name="work">Names whoever fetches, see <see cref="SyncWork.Id"/>.</param>
    /// <param name="budget">How long new bytes may come; reading again what is kept does not count, so that every call brings some.</param>
    /// <returns>Without content when the budget was spent: the bytes so far are kept for the next call.</returns>
    public async Task<FetchedImage> FetchAsync(
        ResolvedImage image, string work, GlanceUpload? upload, TransferCount count, Action<long, long?> progress, TimeSpan budget, CancellationToken cancellationToken)
    {
        await using var writer = await store.WriteAsync(image, cancellationToken);
        count.KeptByThisWork = Math.Max(count.KeptByThisWork, writer.Kept - await writer.ClaimAsync(work, cancellationToken));
        await using var body = await upstream.OpenAsync(image.Location, writer.Kept, ServerVersion.At(image.Location, writer.KeptVersion), cancellationToken);
        if (body.Start == 0)
            await writer.RestartAsync(ServerVersion.Of(image.Location, body.Version), cancellationToken);
        if (body.TotalLength is { } length)
            upload?.Begin(length);

        using var verifier = new ContentVerifier(image.Digest, image.DiskFormat, image.Location);
        IByteSink[] readers = upload is { HasBegun: true } ? [verifier, upload] : [verifier];
        var pass = new BytePass(body.TotalLength ?? limits.MaxImageBytes, passed => progress(passed, body.TotalLength));
        try
        {
            await pass.PumpAsync(await writer.ReadKeptAsync(cancellationToken), readers, CancellationToken.None, cancellationToken);
            using var spent = new CancellationTokenSource(budget, time);
            if (!await pass.PumpAsync(body.Content, [.. readers, writer], spent.Token, cancellationToken))
                return new FetchedImage(Staged: null, Content: null);

            var content = verifier.Conclude();
            return new FetchedImage(await writer.CommitAsync(content.Facts, cancellationToken), content);
        }
        catch (IntegrityException)
        {
            await writer.DiscardAsync(CancellationToken.None);
            throw;
        }
        finally
        {
            Count(count, Math.Max(0, pass.Passed - body.Start), upload is { HasBegun: true } ? pass.Passed : 0);
        }
    }

    /// <summary>Sends a staged copy to Glance. A copy that no longer hashes to its digest is removed, so that a retry fetches it anew.</summary>
    public async Task<VerifiedContent> ReplayAsync(
        ResolvedImage image, StagedImage staged, GlanceUpload upload, TransferCount count, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        var length = staged.Facts.Length;
        upload.Begin(length);
        var pass = new BytePass(length, passed => progress(passed, length));
        try
        {
            await using var content = await store.ReadAsync(staged, cancellationToken);
            using var verifier = new ContentVerifier(image.Digest, image.DiskFormat, image.Location);
            await pass.PumpAsync(content, [verifier, upload], upload.GaveUp, cancellationToken);
            await upload.ThrowIfFailedAsync();
            return verifier.Conclude();
        }
        catch (IntegrityException damaged)
        {
            await store.DeleteAsync(staged, CancellationToken.None);
            throw new StagingUnavailableException($"The staged copy {staged.Name} is damaged and was removed: {damaged.Message} It is fetched anew at the next try.", damaged);
        }
        finally
        {
            Count(count, downloaded: 0, pass.Passed);
        }
    }

    private void Count(TransferCount count, long downloaded, long uploaded)
    {
        (count.Downloaded, count.Uploaded) = (count.Downloaded + downloaded, count.Uploaded + uploaded);
        measurements.Downloaded(downloaded);
        measurements.Uploaded(uploaded);
    }
}

/// <summary>An image that has just been fetched and verified, or as much of it as the time allowed.</summary>
/// <param name="Staged">Null when there was no time for all of it.</param>
/// <param name="Content">Null when there was no time for all of it.</param>
public sealed record FetchedImage(StagedImage? Staged, VerifiedContent? Content);

/// <summary>Counts an image's bytes while they move, so that an attempt that fails has them in its outcome, too.</summary>
public sealed class TransferCount
{
    /// <summary>Bytes that came from upstream.</summary>
    public long Downloaded { get; set; }

    /// <summary>Bytes that were sent to Glance.</summary>
    public long Uploaded { get; set; }

    /// <summary>Bytes that earlier attempts at the same work had left in staging when this one began.</summary>
    public long KeptByThisWork { get; set; }
}

/// <summary>
/// A version of an upstream file together with the server it came from: what one mirror began, another must not go on with, or
/// a bad one could spoil them all.
/// </summary>
internal static class ServerVersion
{
    public static string? Of(Uri location, string? version) => version is null ? null : Prefix(location) + version;

    /// <summary>The version to resume against at this place; null when what is kept came from elsewhere.</summary>
    public static string? At(Uri location, string? placed) =>
        placed?.StartsWith(Prefix(location), StringComparison.Ordinal) == true ? placed[Prefix(location).Length..] : null;

    private static string Prefix(Uri location) => location.GetLeftPart(UriPartial.Authority) + " ";
}
