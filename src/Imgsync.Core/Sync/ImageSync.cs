using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
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
            if (outcome.Warning is { } warning)
                LogWarning(work.Distribution, work.Cloud, warning);
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
        var publisher = await clouds.PublisherAsync(cloud, hold, cancellationToken);

        // The usual answer, that Glance has it, comes the short way, from what is remembered and still holds.
        var (image, isVerified) = await attempt.TimeAsync(SyncStage.Resolve, () => ResolveAsync(attempt, spec, lookups, cancellationToken));
        if (!isVerified)
        {
            var known = await attempt.TimeAsync(
                SyncStage.Settle, async () => await DecideAsync(await lookups.ListAsync(cloud, cancellationToken)));
            if (known is { IsPlain: true, Current: { } current })
                return attempt.UpToDate(current, await UpdateMetadataAsync(current));

            // Whatever is to be done is done with what has just been verified.
            image = await attempt.TimeAsync(SyncStage.Resolve, () => VerifyAsync(attempt, spec, lookups, cancellationToken));
        }

        var decision = await attempt.TimeAsync(SyncStage.Settle, () => DecideAsync(listed: null));
        if (decision.Refusal is { } refusal)
            return attempt.Refused(refusal);
        if (!work.DryRun)
            await publisher.RemoveAsync(decision.Leftovers, cancellationToken);
        if (!decision.Publishes)
            return attempt.UpToDate(decision.Current!, await UpdateMetadataAsync(decision.Current!));
        if (work.DryRun)
            return attempt.WouldPublish(ImageDescription.Name(spec, image, publish));

        var (published, content) = await PublishAsync(attempt, publisher, spec, image, decision.Replaces, budget, cancellationToken);
        return published is null ? attempt.Unfinished() : attempt.Published(published, content!, await UpdateMetadataAsync(published));

        async Task<Decision> DecideAsync(ImageListing? listed)
        {
            var connection = clouds.Connect(cloud);
            var decided = Planner.Decide(new Situation
            {
                Distribution = spec,
                Offer = image,
                Images = listed ?? await ImageListing.ReadAsync(connection, cancellationToken),
                Run = await clouds.MarkAsync(hold.Run, cancellationToken),
                Now = await connection.Keystone.GetTimeAsync(cancellationToken),
                Catalogue = catalog.All,
                Force = work.Force,
            });
            attempt.Warn(decided.Warning);
            return decided;
        }

        Task<MetadataChanges> UpdateMetadataAsync(GlanceImage found) =>
            publisher.UpdateMetadataAsync(found, spec, publish, work.DryRun, cancellationToken);
    }

    /// <returns>Null when the budget was spent: the bytes so far are kept for the next attempt.</returns>
    private async Task<(GlanceImage? Image, ContentFacts? Content)> PublishAsync(
        ImageAttempt attempt,
        ImagePublisher publisher,
        DistributionSpec spec,
        ResolvedImage image,
        IReadOnlyList<string> replaces,
        TimeSpan budget,
        CancellationToken cancellationToken)
    {
        var publish = options.PublishFor(clouds.Options(attempt.Work.Cloud!), spec.Key);
        var stagedFirst = attempt.Work.StagedFirst || options.Pipeline is Pipeline.StagedFirst;
        var (upload, content) = await attempt.TimeAsync(SyncStage.Transfer, () => transfer.SendAsync(
            attempt, image, () =>
                publisher.BeginAsync(spec, image, publish, replaces, cancellationToken), stagedFirst, budget, cancellationToken));
        await using (upload)
        {
            if (content is null)
                return (null, null);

            var published = await attempt.TimeAsync(SyncStage.Publish, async () =>
            {
                await upload.CompleteAsync(content, cancellationToken);
                return await upload.PublishAsync(cancellationToken);
            });
            return (published, content.Facts);
        }
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

    [LoggerMessage(LogLevel.Warning, "{Distribution} for {Cloud}: {Warning}")]
    private partial void LogWarning(string distribution, string? cloud, string warning);

    [LoggerMessage(LogLevel.Debug, "{Distribution} for {Cloud}: failed")]
    private partial void LogFailed(Exception failure, string distribution, string? cloud);
}
