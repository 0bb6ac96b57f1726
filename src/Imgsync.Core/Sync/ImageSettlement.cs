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
    public async Task<SettledImage> SettleAsync(Journey journey, DistributionSpec spec, CancellationToken cancellationToken)
    {
        var (image, isVerified) = await journey.TimeAsync(SyncStage.Resolve, () => ResolveAsync(journey, spec, cancellationToken));
        if (journey.Work.Cloud is not { } cloud)
            return new SettledImage(image, Standing: null);

        var publisher = await clouds.PublisherAsync(cloud, journey.Work.Run, cancellationToken);
        if (!isVerified)
        {
            if (await journey.TimeAsync(SyncStage.Settle, () => RecogniseAsync(publisher, image, cloud, cancellationToken)) is { } recognised)
                return new SettledImage(image, recognised);
            image = await journey.TimeAsync(SyncStage.Resolve, () => VerifyAsync(journey, spec, cancellationToken));
        }

        var standing = await journey.TimeAsync(SyncStage.Settle, () => publisher.SettleAsync(
            image, journey.Work.DryRun, stop => runLock.RequireAsync(journey.Work.Run, stop), cancellationToken));
        return new SettledImage(image, journey.Work.Force ? null : standing);
    }

    private async Task<(ResolvedImage Image, bool IsVerified)> ResolveAsync(Journey journey, DistributionSpec spec, CancellationToken cancellationToken)
    {
        var mayStand = journey.Work is { Cloud: not null, Force: false };
        return mayStand && await run.RecallAsync(spec, cancellationToken) is { } known
            ? (journey.Resolved(known), false)
            : (await VerifyAsync(journey, spec, cancellationToken), true);
    }

    private async Task<ResolvedImage> VerifyAsync(Journey journey, DistributionSpec spec, CancellationToken cancellationToken) =>
        journey.Resolved(await run.ResolveAsync(spec, remember: !journey.Work.DryRun, cancellationToken));

    private async Task<GlanceImage?> RecogniseAsync(ImagePublisher publisher, ResolvedImage known, string cloud, CancellationToken cancellationToken) =>
        await publisher.RecogniseAsync(known, await run.ListAsync(cloud, cancellationToken), cancellationToken);
}

/// <param name="Image">Verified just now, unless it stands.</param>
/// <param name="Standing">The image in Glance that leaves nothing to be done.</param>
internal sealed record SettledImage(ResolvedImage Image, GlanceImage? Standing);
