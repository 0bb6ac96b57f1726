using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Integrity;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;
using Imgsync.Core.Upstream;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Sync;

/// <summary>
/// One image through all stages: resolve, settle whether anything is to do, transfer, publish. What goes wrong is thrown;
/// whoever calls (a run on this machine, or the workflow) catches once, so that one image never stops another.
/// </summary>
public sealed partial class ImageSync(
    DistributionCatalog catalog,
    CloudDirectory clouds,
    Lookups lookups,
    ImageTransfer transfer,
    IStagingStore store,
    IRunLock runLock,
    ImgsyncOptions options,
    Measurements measurements,
    TimeProvider time,
    ILogger<ImageSync> logger)
{
    private readonly ImageSources _sources = new(logger);

    /// <summary>Does the work for an image by itself, or as much of it as the budget allows.</summary>
    /// <param name="budget">Once cancelled, the bytes so far are kept and the outcome is <see cref="OutcomeKind.Unfinished"/>.</param>
    public async Task<SyncResult> SyncAsync(SyncWork work, IProgress<ImageProgress> progress, CancellationToken budget, CancellationToken cancellationToken)
    {
        var run = lookups.ForOneImage(cancellationToken);
        if (work.Known is { } known)
            run.Know(work.Distribution, known);
        var outcome = await SyncAsync(work, run, progress, budget, cancellationToken);
        return new SyncResult(outcome, run.Known(work.Distribution) is { } found && found != work.Known ? found : null);
    }

    /// <summary>Does the work for one of a run's images.</summary>
    /// <param name="run">What the run's images ask in common.</param>
    public async Task<ImageOutcome> SyncAsync(
        SyncWork work, RunLookups run, IProgress<ImageProgress> progress, CancellationToken budget, CancellationToken cancellationToken)
    {
        var spec = catalog.Get(work.Distribution);
        var journey = new Journey(work, time, progress, measurements);
        LogStarted(work.Distribution, work.Cloud);

        var outcome = await journey.TraceAsync(async () =>
        {
            var settled = await new ImageSettlement(clouds, runLock, run).SettleAsync(journey, spec, cancellationToken);
            return work.Cloud is null
                ? await StageAsync(journey, settled.Image, budget, cancellationToken)
                : await SyncAsync(journey, spec, settled, work.Cloud, budget, cancellationToken);
        });

        LogEnded(work.Distribution, work.Cloud, outcome.Kind, outcome.Reason);
        return outcome;
    }

    private async Task<ImageOutcome> SyncAsync(
        Journey journey, DistributionSpec spec, SettledImage settled, string cloud, CancellationToken budget, CancellationToken cancellationToken)
    {
        var publisher = await clouds.PublisherAsync(cloud, journey.Work.Run, cancellationToken);
        var publish = EffectivePublish.For(options, clouds.Options(cloud), spec.Key);
        if (settled.Standing is { } standing)
            return journey.UpToDate(standing, await KeepUpAsync(standing));

        if (journey.Work.DryRun)
            return journey.WouldPublish(ImageDescription.Name(spec, settled.Image, publish));

        // A place that fails half-way spoils the upload it was feeding, so each place feeds one of its own.
        var (upload, content) = await journey.TimeAsync(SyncStage.Transfer, () => _sources.TryAsync(
            settled.Image, source => TransferAsync(journey, source, () => publisher.BeginAsync(spec, source, publish, cancellationToken), budget, cancellationToken)));
        await using (upload)
        {
            if (content is null)
                return journey.Unfinished();

            var published = await journey.TimeAsync(SyncStage.Publish, async () =>
            {
                // Glance may take minutes over its last block: the lock is asked when nothing but the publishing is left.
                await upload.CompleteAsync(content, cancellationToken);
                await StillOursAsync(cancellationToken);
                return await upload.PublishAsync(cancellationToken);
            });
            return journey.Published(published, content.Facts, await KeepUpAsync(published));
        }

        Task<DueChanges> KeepUpAsync(GlanceImage image) => publisher.KeepUpAsync(image, spec, publish, journey.Work.DryRun, StillOursAsync, cancellationToken);

        Task StillOursAsync(CancellationToken stop) => runLock.RequireAsync(journey.Work.Run, stop);
    }

    private async Task<(GlanceUpload Upload, VerifiedContent? Content)> TransferAsync(
        Journey journey, ResolvedImage image, Func<Task<GlanceUpload>> begin, CancellationToken budget, CancellationToken cancellationToken)
    {
        var upload = await begin();
        try
        {
            return (upload, await TransferAsync(journey, image, upload, budget, cancellationToken));
        }
        catch
        {
            await upload.DisposeAsync();
            throw;
        }
    }

    /// <summary>Brings the bytes to staging and to Glance: in one pass if they have to be fetched, from staging if they are there.</summary>
    private async Task<VerifiedContent?> TransferAsync(
        Journey journey, ResolvedImage image, GlanceUpload upload, CancellationToken budget, CancellationToken cancellationToken)
    {
        var staged = await store.FindAsync(image, cancellationToken);
        if (staged is null)
        {
            var stagedFirst = journey.Work.StagedFirst || options.Pipeline is Pipeline.StagedFirst;
            var fetched = await transfer.FetchAsync(image, stagedFirst ? null : upload, journey.Passed, budget, cancellationToken);
            journey.Downloaded(fetched);
            if (fetched.Staged is null || upload.HasBegun)
                return fetched.Content;
            staged = fetched.Staged;
        }

        return await transfer.ReplayAsync(image, staged, upload, journey.Passed, cancellationToken);
    }

    private async Task<ImageOutcome> StageAsync(Journey journey, ResolvedImage image, CancellationToken budget, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(image, cancellationToken) is { } staged)
            return journey.Staged(staged, "staged already");
        if (journey.Work.DryRun)
            return journey.WouldPublish(image.Location.InMessages());

        var fetched = await journey.TimeAsync(SyncStage.Transfer, () => _sources.TryAsync(
            image, source => transfer.FetchAsync(source, upload: null, journey.Passed, budget, cancellationToken)));
        journey.Downloaded(fetched);
        return fetched.Staged is null ? journey.Unfinished() : journey.Staged(fetched.Staged, "downloaded, verified and staged");
    }

    [LoggerMessage(LogLevel.Information, "{Distribution} for {Cloud}: started")]
    private partial void LogStarted(string distribution, string? cloud);

    [LoggerMessage(LogLevel.Information, "{Distribution} for {Cloud}: {Kind}, {Reason}")]
    private partial void LogEnded(string distribution, string? cloud, OutcomeKind kind, string reason);
}
