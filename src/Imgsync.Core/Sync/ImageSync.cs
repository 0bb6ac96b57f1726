using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;
using Imgsync.Core.Upstream;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Sync;

/// <summary>One image through all stages: resolve, ask whether the cloud has it, transfer, publish. It has the one catch: whatever goes
/// wrong with an image is that image's outcome, and says what was moved until then, so that one image never stops another.</summary>
public sealed partial class ImageSync(
    DistributionCatalog catalog,
    CloudDirectory clouds,
    ImageTransfer transfer,
    IStagingStore store,
    ImgsyncOptions options,
    Measurements measurements,
    TimeProvider time,
    ILogger<ImageSync> logger)
{
    /// <summary>Tries once to do the work for an image, or as much of it as the budget allows.</summary>
    /// <param name="hold">The run's lock, which is asked before anything changes in Glance.</param>
    /// <param name="lookups">What the run's images ask in common.</param>
    /// <param name="deadline">How long all attempts at the image may take together.</param>
    /// <param name="budget">How long new bytes may come in this attempt; then the outcome is
    /// <see cref="OutcomeKind.Unfinished"/> and they are kept.</param>
    public async Task<SyncResult> AttemptAsync(
        SyncWork work, RunHold hold, RunLookups lookups, ImageDeadline deadline, TimeSpan budget, IProgress<ImageProgress> progress,
        CancellationToken cancellationToken)
    {
        var attempt = new ImageAttempt(work, time, progress, measurements);
        LogStarted(work.Distribution, work.Cloud);
        try
        {
            var outcome = await deadline.KeepAsync(inTime => attempt.TraceAsync(() => work.Cloud is { } cloud
                ? BringToCloudAsync(attempt, cloud, hold, lookups, budget, inTime)
                : BringToStagingAsync(attempt, lookups, budget, inTime)), cancellationToken);
            LogEnded(work.Distribution, work.Cloud, outcome.Kind, outcome.Reason);
            return new SyncResult(outcome);
        }
        catch (Exception failure)
        {
            LogFailed(failure, work.Distribution, work.Cloud);
            return new SyncResult(attempt.Failed(failure), MayPass: failure is RetriableException);
        }
    }

    private async Task<ImageOutcome> BringToCloudAsync(
        ImageAttempt attempt, string cloud, RunHold hold, RunLookups lookups, TimeSpan budget, CancellationToken cancellationToken)
    {
        var work = attempt.Work;
        var spec = catalog.Get(work.Distribution);
        var publish = options.PublishFor(clouds.Options(cloud), spec.Key);

        // The usual answer, that Glance has it, comes the short way, from what is remembered and still holds.
        var (image, isVerified) = await attempt.TimeAsync(SyncStage.Resolve, () => ResolveAsync(attempt, spec, lookups, cancellationToken));
        var publisher = await clouds.PublisherAsync(cloud, hold, cancellationToken);
        if (!isVerified)
        {
            if (await attempt.TimeAsync(SyncStage.Settle, () => RecogniseAsync(image)) is { } recognised)
                return attempt.UpToDate(recognised, await UpdateMetadataAsync(recognised));

            // Whatever is to be done is done with what has just been verified.
            image = await attempt.TimeAsync(SyncStage.Resolve, () => VerifyAsync(attempt, spec, lookups, cancellationToken));
        }

        var present = await attempt.TimeAsync(SyncStage.Settle, () => publisher.SettleAsync(image, work.DryRun, cancellationToken));
        if (present is not null && !work.Force)
            return attempt.UpToDate(present, await UpdateMetadataAsync(present));
        if (work.DryRun)
            return attempt.WouldPublish(ImageDescription.Name(spec, image, publish));

        var stagedFirst = work.StagedFirst || options.Pipeline is Pipeline.StagedFirst;
        var (upload, content) = await attempt.TimeAsync(SyncStage.Transfer, () => transfer.SendAsync(
            attempt, image, () => publisher.BeginAsync(spec, image, publish, cancellationToken), stagedFirst, budget, cancellationToken));
        await using (upload)
        {
            if (content is null)
                return attempt.Unfinished();

            var published = await attempt.TimeAsync(SyncStage.Publish, async () =>
            {
                await upload.CompleteAsync(content, cancellationToken);
                return await upload.PublishAsync(cancellationToken);
            });
            return attempt.Published(published, content.Facts, await UpdateMetadataAsync(published));
        }

        async Task<GlanceImage?> RecogniseAsync(ResolvedImage known) =>
            await publisher.RecogniseAsync(known, await lookups.ListAsync(cloud, cancellationToken), cancellationToken);

        Task<MetadataChanges> UpdateMetadataAsync(GlanceImage found) =>
            publisher.UpdateMetadataAsync(found, spec, publish, work.DryRun, cancellationToken);
    }

    private async Task<ImageOutcome> BringToStagingAsync(
        ImageAttempt attempt, RunLookups lookups, TimeSpan budget, CancellationToken cancellationToken)
    {
        var spec = catalog.Get(attempt.Work.Distribution);
        var image = await attempt.TimeAsync(SyncStage.Resolve, () => VerifyAsync(attempt, spec, lookups, cancellationToken));
        if (await store.FindAsync(image, cancellationToken) is { } present)
            return attempt.Staged(present, "staged already");
        if (attempt.Work.DryRun)
            return attempt.WouldPublish(image.Location.InMessages());

        var staged = await attempt.TimeAsync(SyncStage.Transfer, () => transfer.StageAsync(attempt, image, budget, cancellationToken));
        return staged is null ? attempt.Unfinished() : attempt.Staged(staged, "downloaded, verified and staged");
    }

    private static async Task<(ResolvedImage Image, bool IsVerified)> ResolveAsync(
        ImageAttempt attempt, DistributionSpec spec, RunLookups lookups, CancellationToken cancellationToken) =>
        !attempt.Work.Force && await lookups.RecallAsync(spec, cancellationToken) is { } known
            ? (attempt.Resolved(known), false)
            : (await VerifyAsync(attempt, spec, lookups, cancellationToken), true);

    private static async Task<ResolvedImage> VerifyAsync(
        ImageAttempt attempt, DistributionSpec spec, RunLookups lookups, CancellationToken cancellationToken) =>
        attempt.Resolved(await lookups.ResolveAsync(spec, remember: !attempt.Work.DryRun, cancellationToken));

    [LoggerMessage(LogLevel.Information, "{Distribution} for {Cloud}: started")]
    private partial void LogStarted(string distribution, string? cloud);

    [LoggerMessage(LogLevel.Information, "{Distribution} for {Cloud}: {Kind}, {Reason}")]
    private partial void LogEnded(string distribution, string? cloud, OutcomeKind kind, string reason);

    [LoggerMessage(LogLevel.Debug, "{Distribution} for {Cloud}: failed")]
    private partial void LogFailed(Exception failure, string distribution, string? cloud);
}
