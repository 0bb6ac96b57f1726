using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Publishing;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Client;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Transfer;

/// <summary>Moves an image's bytes once: from upstream to the hashes, to staging and to Glance at the same time. What is staged already
/// is read from there, and hashed again on the way. Bytes come from the operator's mirrors in their order, then from the publisher; a
/// mirror that fails, or serves something else than the publisher's digest says, is passed over. Each place goes on where the one before
/// it broke off: the digest proves the whole.</summary>
public sealed partial class ImageTransfer(
    IStagingStore store, UpstreamClient upstream, ImageSignatures signatures, ImgsyncOptions options, TimeProvider time,
    ILogger<ImageTransfer> logger)
{
    private readonly StagedCopies _copies = new(store, signatures, options.Upstream);

    /// <summary>Brings an image to a cloud: in one pass if its bytes have to be fetched, from staging if they are there.</summary>
    /// <param name="begin">Creates the private image in Glance that the bytes go to.</param>
    /// <param name="stagedFirst">Fetches all of it to staging before Glance gets a byte.</param>
    /// <param name="linkLifetime">How long a link to the staged copy lives, where Glance fetches it.</param>
    /// <param name="budget">How long new bytes may come; reading again what is kept does not count, so that every call brings some.</param>
    /// <returns>The upload, and what was sent; null when the budget was spent: the bytes so far are kept for the next call.</returns>
    internal async Task<(GlanceUpload Upload, VerifiedContent? Content)> SendAsync(
        ImageAttempt attempt, ResolvedImage image, Func<Task<GlanceUpload>> begin, bool stagedFirst, TimeSpan linkLifetime,
        TimeSpan budget, CancellationToken cancellationToken)
    {
        var staged = await store.FindAsync(image, cancellationToken);
        var upload = await begin();
        try
        {
            if (staged is null)
            {
                var fetched = await FromAnyPlaceAsync(image, async place =>
                {
                    // A place that failed half-way has spoilt the upload that it was feeding; one that gave nothing has not.
                    if (upload.HasBegun)
                    {
                        await upload.DisposeAsync();
                        upload = await begin();
                    }

                    var staging = stagedFirst || !image.IsSentAsItIs || upload.Way is UploadWay.WebDownload;
                    return await FetchAsync(attempt, place, staging ? null : upload, budget, cancellationToken);
                });
                if (fetched is null || upload.HasBegun)
                    return (upload, fetched?.Content);
                staged = fetched.Staged;
            }

            return (upload, await _copies.SendAsync(attempt, image, staged, upload, linkLifetime, cancellationToken));
        }
        catch
        {
            await upload.DisposeAsync();
            throw;
        }
    }

    /// <summary>Brings an image to staging.</summary>
    /// <inheritdoc cref="SendAsync" path="/param"/>
    /// <returns>Null when the budget was spent: the bytes so far are kept for the next call.</returns>
    internal async Task<StagedImage?> StageAsync(
        ImageAttempt attempt, ResolvedImage image, TimeSpan budget, CancellationToken cancellationToken)
    {
        var fetched = await FromAnyPlaceAsync(image, place => FetchAsync(attempt, place, upload: null, budget, cancellationToken));
        if (fetched is not null)
            await _copies.PrepareAsync(attempt, image, fetched.Staged, cancellationToken);
        return fetched?.Staged;
    }

    /// <summary>Looks whether the staged copy is what was staged, after somebody else has found otherwise.</summary>
    /// <exception cref="StagingUnavailableException">It is not, and was removed: the next try fetches it anew.</exception>
    internal async Task ProveAsync(ResolvedImage image, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(image, cancellationToken) is { } staged)
            await _copies.ProveAsync(image, staged, cancellationToken);
    }

    /// <param name="fetch">Fetches from <see cref="ResolvedImage.Location"/>. What it throws at the last place is thrown.</param>
    private async Task<FetchedImage?> FromAnyPlaceAsync(ResolvedImage image, Func<ResolvedImage, Task<FetchedImage?>> fetch)
    {
        foreach (var mirror in image.Mirrors)
        {
            try
            {
                return await FromPlaceAsync(image with { Location = mirror }, fetch);
            }
            catch (Exception failure) when (IsTheMirrors(failure))
            {
                LogPassedOver(image.Distribution, mirror.IdnHost, failure.Message);
            }
        }

        return await FromPlaceAsync(image, fetch);
    }

    /// <summary>Any of several places may have spoilt what they brought together: the last is asked for all of it before it is blamed.
    /// </summary>
    private async Task<FetchedImage?> FromPlaceAsync(ResolvedImage place, Func<ResolvedImage, Task<FetchedImage?>> fetch)
    {
        try
        {
            return await fetch(place);
        }
        catch (MixedCopyException mixed)
        {
            LogMixed(place.Distribution, place.Location.IdnHost, mixed.Message);
            return await fetch(place);
        }
    }

    private static bool IsTheMirrors(Exception failure) => failure
        is UpstreamException or UpstreamUnavailableException or ContentTooShortException or ContentTooLongException or WrongDigestException;

    private async Task<FetchedImage?> FetchAsync(
        ImageAttempt attempt, ResolvedImage image, GlanceUpload? upload, TimeSpan budget, CancellationToken cancellationToken)
    {
        await using var writer = await store.WriteAsync(image, cancellationToken);
        if (upload is not null && options.Clouds.Count == 1)
            writer.ReadLater(); // everybody who wants the bytes gets them in this pass
        attempt.Found(writer.Kept - await writer.ClaimAsync(attempt.Work.Id, cancellationToken));
        var version = ServerVersion.At(image.Location, writer.KeptVersion);
        await using var body = await upstream.OpenAsync(image.Location, writer.Kept, version, cancellationToken);
        var isNew = writer.Kept == 0
            || (body.Start == 0 && ((version is not null && body.Version != version) || body.TotalLength < writer.Kept));
        if (isNew)
            await writer.RestartAsync(ServerVersion.Of(image.Location, body.Version), cancellationToken);
        else if (version is null)
            await writer.ForgetVersionAsync(cancellationToken);
        if (body.TotalLength is { } length)
            upload?.Begin(length);

        var rest = new RestStream(body.Content, writer.Kept - body.Start);
        using var verifier = new ContentVerifier(
            image.Digest, image.DiskFormat, image.Location,
            options.Upstream.Digests is DigestPolicy.All || upload is { NeedsSha256: true });
        using var signature = signatures.Begin(image);
        IByteSink[] readers = upload is { HasBegun: true } ? [upload, signature, verifier] : [signature, verifier];
        var pass = new BytePass(body.TotalLength ?? options.Upstream.MaxImageBytes, passed => attempt.Passed(passed, body.TotalLength));
        try
        {
            await pass.PumpAsync(await writer.ReadKeptAsync(cancellationToken), readers, CancellationToken.None, cancellationToken);
            using var spent = new CancellationTokenSource(budget, time);
            if (!await pass.PumpAsync(rest, [writer, .. readers], spent.Token, cancellationToken))
                return null;

            // What is in a packed file is looked at when it is unpacked, and a qcow2 image that is to be converted when it is.
            var content = image.IsSentAsItIs ? verifier.Conclude() : null;
            var facts = content?.Facts ?? verifier.Prove();
            await signature.RequireAsync(cancellationToken);
            return new FetchedImage(await writer.CommitAsync(facts, cancellationToken), content);
        }
        catch (IntegrityException wrong)
        {
            await writer.DiscardAsync(CancellationToken.None);
            if (!isNew && version is null)
                throw new MixedCopyException(wrong);
            throw;
        }
        finally
        {
            attempt.Moved(rest.Arrived, upload is { HasBegun: true } ? pass.Passed : 0);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Distribution}: the mirror {Host} is passed over, and the next place is tried: {Reason}")]
    private partial void LogPassedOver(string distribution, string host, string reason);

    [LoggerMessage(LogLevel.Warning, "{Distribution}: what came from several places, and from {Host} last, is not the published image, so "
        + "{Host} is asked for all of it: {Reason}")]
    private partial void LogMixed(string distribution, string host, string reason);

    private sealed record FetchedImage(StagedImage Staged, VerifiedContent? Content);
}

/// <summary>A copy that no one place has to answer for is not the published image. It has been discarded.</summary>
internal sealed class MixedCopyException(IntegrityException wrong) : RetriableException(wrong.Message, wrong);

/// <summary>A version of an upstream file together with the server it came from: no server can be asked whether it has the one that
/// another named.</summary>
internal static class ServerVersion
{
    public static string? Of(Uri location, string? version) => version is null ? null : Prefix(location) + version;

    /// <summary>The version to resume against at this server; null when what is kept came from another.</summary>
    public static string? At(Uri location, string? kept) =>
        kept?.StartsWith(Prefix(location), StringComparison.Ordinal) == true ? kept[Prefix(location).Length..] : null;

    private static string Prefix(Uri location) => location.GetLeftPart(UriPartial.Authority) + " ";
}
