using Imgsync.Core.Catalog;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Sync;

/// <summary>
/// The first half of an image's way: what upstream offers, and whether Glance has it. The usual answer, that it has, comes the
/// short way, from what is remembered and still holds. Whatever is to be done is done with what has just been verified.
/// </summary>
internal sealed class ImageSettlement(CloudDirectory clouds, IRunLock runLock, RunLookups run)
{
    public async Task<SettledImage> SettleAsync(ImageAttempt attempt, DistributionSpec spec, CancellationToken cancellationToken)
    {
        var (image, isVerified) = await attempt.TimeAsync(SyncStage.Resolve, () => ResolveAsync(attempt, spec, cancellationToken));
        if (attempt.Work.Cloud is not { } cloud)
            return new SettledImage(image, Standing: null);

        var publisher = await clouds.PublisherAsync(cloud, attempt.Work.Run, cancellationToken);
        if (!isVerified)
        {
            if (await attempt.TimeAsync(SyncStage.Settle, () => RecogniseAsync(publisher, image, cloud, cancellationToken)) is { } recognised)
                return new SettledImage(image, recognised);
            image = await attempt.TimeAsync(SyncStage.Resolve, () => VerifyAsync(attempt, spec, cancellationToken));
        }

        var standing = await attempt.TimeAsync(SyncStage.Settle, () => publisher.SettleAsync(
            image, attempt.Work.DryRun, stop => runLock.RequireAsync(attempt.Work.Run, stop), cancellationToken));
        return new SettledImage(image, attempt.Work.Force ? null : standing);
    }

    private async Task<(ResolvedImage Image, bool IsVerified)> ResolveAsync(ImageAttempt attempt, DistributionSpec spec, CancellationToken cancellationToken)
    {
        var mayStand = attempt.Work is { Cloud: not null, Force: false };
        return mayStand && await run.RecallAsync(spec, cancellationToken) is { } known
            ? (attempt.Resolved(known), false)
            : (await VerifyAsync(attempt, spec, cancellationToken), true);
    }

    private async Task<ResolvedImage> VerifyAsync(ImageAttempt attempt, DistributionSpec spec, CancellationToken cancellationToken) =>
        attempt.Resolved(await run.ResolveAsync(spec, remember: !attempt.Work.DryRun, cancellationToken));

    private async Task<GlanceImage?> RecogniseAsync(ImagePublisher publisher, ResolvedImage known, string cloud, CancellationToken cancellationToken) =>
        await publisher.RecogniseAsync(known, await run.ListAsync(cloud, cancellationToken), cancellationToken);
}

/// <param name="Image">Verified just now, unless it stands.</param>
/// <param name="Standing">The image in Glance that leaves nothing to be done.</param>
internal sealed record SettledImage(ResolvedImage Image, GlanceImage? Standing);
