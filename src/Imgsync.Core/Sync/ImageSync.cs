using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;
using Imgsync.Core.Upstream;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Sync;

/// <summary>
/// One image through all stages: resolve, settle whether anything is to do, transfer, publish. It has the one catch: whatever goes
/// wrong with an image is that image's outcome, and says what was moved until then, so that one image never stops another.
/// </summary>
public sealed partial class ImageSync(
    DistributionCatalog catalog,
    CloudDirectory clouds,
    ImageTransfer transfer,
    IStagingStore store,
    IRunLock runLock,
    ImgsyncOptions options,
    Measurements measurements,
    TimeProvider time,
    ILogger<ImageSync> logger)
{
    private readonly ImageSources _sources = new(logger);

    /// <summary>Tries once to do the work for an image, or as much of it as the budget allows.</summary>
    /// <param name="run">What the run's images ask in common.</param>
    /// <param name="deadline">How long all attempts at the image may take together.</param>
    /// <param name="budget">How long new bytes may come in this attempt; then the outcome is <see cref="OutcomeKind.Unfinished"/> and they are kept.</param>
    public async Task<SyncResult> AttemptAsync(
        SyncWork work, RunLookups run, ImageDeadline deadline, TimeSpan budget, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var attempt = new ImageAttempt(work, time, progress, measurements);
        LogStarted(work.Distribution, work.Cloud);
        try
        {
            var outcome = await deadline.KeepAsync(inTime => attempt.TraceAsync(() => SyncAsync(attempt, run, budget, inTime)), cancellationToken);
            LogEnded(work.Distribution, work.Cloud, outcome.Kind, outcome.Reason);
            return new SyncResult(outcome);
        }
        catch (Exception failure)
        {
            LogFailed(failure, work.Distribution, work.Cloud);
            return new SyncResult(attempt.Failed(failure), MayPass: failure is RetriableException);
        }
    }

    private async Task<ImageOutcome> SyncAsync(ImageAttempt attempt, RunLookups run, TimeSpan budget, CancellationToken cancellationToken)
    {
        var spec = catalog.Get(attempt.Work.Distribution);
        var settled = await new ImageSettlement(clouds, runLock, run).SettleAsync(attempt, spec, cancellationToken);
        return attempt.Work.Cloud is { } cloud
            ? await SyncAsync(attempt, spec, settled, cloud, budget, cancellationToken)
            : await StageAsync(attempt, settled.Image, budget, cancellationToken);
    }

    private async Task<ImageOutcome> SyncAsync(
        ImageAttempt attempt, DistributionSpec spec, SettledImage settled, string cloud, TimeSpan budget, CancellationToken cancellationToken)
    {
        var publisher = await clouds.PublisherAsync(cloud, attempt.Work.Run, cancellationToken);
        var publish = options.PublishFor(clouds.Options(cloud), spec.Key);
        if (settled.Standing is { } standing)
            return attempt.UpToDate(standing, await UpdateMetadataAsync(standing));

        if (attempt.Work.DryRun)
            return attempt.WouldPublish(ImageDescription.Name(spec, settled.Image, publish));

        // A place that fails half-way spoils the upload it was feeding, so each place feeds one of its own.
        var (upload, content) = await attempt.TimeAsync(SyncStage.Transfer, () => _sources.TryAsync(
            settled.Image, source => TransferAsync(attempt, source, () => publisher.BeginAsync(spec, source, publish, cancellationToken), budget, cancellationToken)));
        await using (upload)
        {
            if (content is null)
                return attempt.Unfinished();

            var published = await attempt.TimeAsync(SyncStage.Publish, async () =>
            {
                // Glance may take minutes over its last block: the lock is asked when nothing but the publishing is left.
                await upload.CompleteAsync(content, cancellationToken);
                await StillOursAsync(cancellationToken);
                return await upload.PublishAsync(cancellationToken);
            });
            return attempt.Published(published, content.Facts, await UpdateMetadataAsync(published));
        }

        Task<MetadataChanges> UpdateMetadataAsync(GlanceImage image) => publisher.UpdateMetadataAsync(image, spec, publish, attempt.Work.DryRun, StillOursAsync, cancellationToken);

        Task StillOursAsync(CancellationToken stop) => runLock.RequireAsync(attempt.Work.Run, stop);
    }

    private async Task<(GlanceUpload Upload, VerifiedContent? Content)> TransferAsync(
        ImageAttempt attempt, ResolvedImage image, Func<Task<GlanceUpload>> begin, TimeSpan budget, CancellationToken cancellationToken)
    {
        var upload = await begin();
        try
        {
            return (upload, await TransferAsync(attempt, image, upload, budget, cancellationToken));
        }
        catch
        {
            await upload.DisposeAsync();
            throw;
        }
    }

    /// <summary>Brings the bytes to staging and to Glance: in one pass if they have to be fetched, from staging if they are there.</summary>
    private async Task<VerifiedContent?> TransferAsync(
        ImageAttempt attempt, ResolvedImage image, GlanceUpload upload, TimeSpan budget, CancellationToken cancellationToken)
    {
        var staged = await store.FindAsync(image, cancellationToken);
        if (staged is null)
        {
            var stagedFirst = attempt.Work.StagedFirst || options.Pipeline is Pipeline.StagedFirst;
            var fetched = await transfer.FetchAsync(
                image, attempt.Work.Id, stagedFirst ? null : upload, attempt.Moved, attempt.Passed, budget, cancellationToken);
            if (fetched.Staged is null || upload.HasBegun)
                return fetched.Content;
            staged = fetched.Staged;
        }

        return await transfer.ReplayAsync(image, staged, upload, attempt.Moved, attempt.Passed, cancellationToken);
    }

    private async Task<ImageOutcome> StageAsync(ImageAttempt attempt, ResolvedImage image, TimeSpan budget, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(image, cancellationToken) is { } staged)
            return attempt.Staged(staged, "staged already");
        if (attempt.Work.DryRun)
            return attempt.WouldPublish(image.Location.InMessages());

        var fetched = await attempt.TimeAsync(SyncStage.Transfer, () => _sources.TryAsync(
            image, source => transfer.FetchAsync(source, attempt.Work.Id, upload: null, attempt.Moved, attempt.Passed, budget, cancellationToken)));
        return fetched.Staged is null ? attempt.Unfinished() : attempt.Staged(fetched.Staged, "downloaded, verified and staged");
    }

    [LoggerMessage(LogLevel.Information, "{Distribution} for {Cloud}: started")]
    private partial void LogStarted(string distribution, string? cloud);

    [LoggerMessage(LogLevel.Information, "{Distribution} for {Cloud}: {Kind}, {Reason}")]
    private partial void LogEnded(string distribution, string? cloud, OutcomeKind kind, string reason);

    [LoggerMessage(LogLevel.Debug, "{Distribution} for {Cloud}: failed")]
    private partial void LogFailed(Exception failure, string distribution, string? cloud);
}
