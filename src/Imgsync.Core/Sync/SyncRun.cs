using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Pruning;
using Imgsync.Core.Runs;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Sync;

/// <summary>A whole run on this machine: what the hosted workflow does with activities, done with tasks.</summary>
public sealed partial class SyncRun(
    RunSteps steps, ImageSync sync, Lookups lookups, DistributionCatalog catalog, RunPruner pruner, ImgsyncOptions options, TimeProvider time, ILogger<SyncRun> logger)
{
    /// <exception cref="ConfigurationException">The request cannot be met as it stands.</exception>
    /// <exception cref="RunUnderWayException">Another run is at work in the same staging store.</exception>
    public async Task<SyncReport> RunAsync(RunRequest request, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var plan = await steps.PlanAsync(RunId.New(started), request, cancellationToken);
        SyncReport? report = null;
        try
        {
            return report = await steps.HoldAsync(plan.Run, () => WorkAsync(plan, started, progress, cancellationToken), cancellationToken);
        }
        finally
        {
            // What a failed or cancelled image left half made can be fetched again; what a crash left is taken up by the next run.
            await steps.LetGoAsync(plan.Run, unfinishedAge: TimeSpan.Zero, CancellationToken.None);
            steps.Measure(report);
        }
    }

    private async Task<SyncReport> WorkAsync(RunPlan plan, DateTimeOffset started, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(options.MaxParallel);
        var run = lookups.ForRun(cancellationToken);
        var asking = plan.Request is { Force: false, DownloadOnly: false }
            ? run.AskAheadAsync(plan.Distributions.Select(planned => catalog.Get(planned.Distribution)))
            : Task.CompletedTask;
        var ended = await Task.WhenAll(plan.Distributions.Select(planned => SyncAsync(plan, planned, run, slots, progress, cancellationToken)));
        await asking;
        cancellationToken.ThrowIfCancellationRequested();

        ImageOutcome[] outcomes = [.. ended.SelectMany(outcome => outcome)];
        var pruning = await pruner.PruneAsync(plan.Run, outcomes, run.Listed, plan.Request.DryRun, budget: CancellationToken.None, cancellationToken);
        return await steps.StoreAsync(new SyncReport(plan.Run, started, time.GetUtcNow(), plan.Request.DryRun, outcomes, pruning), cancellationToken);
    }

    /// <summary>One cloud after the other until one has brought the bytes to staging; the rest then read the staged copy, all at once.</summary>
    private async Task<IReadOnlyList<ImageOutcome>> SyncAsync(
        RunPlan plan, PlannedDistribution planned, RunLookups run, SemaphoreSlim slots, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var work = plan.Request.DownloadOnly
            ? [new SyncWork(planned.Distribution, Cloud: null, plan.Run, plan.Request.Force, plan.Request.DryRun)]
            : planned.Clouds.Select(cloud => new SyncWork(planned.Distribution, cloud, plan.Run, plan.Request.Force, plan.Request.DryRun)).ToList();

        using var turn = new DownloadTurn();
        return await Task.WhenAll(work.Select(one => AttemptAsync(one, run, turn, slots, progress, cancellationToken)));
    }

    private async Task<ImageOutcome> AttemptAsync(
        SyncWork work, RunLookups run, DownloadTurn turn, SemaphoreSlim slots, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var deadline = new ImageDeadline(options.Upstream.ImageTimeout, time);
        ImageOutcome? outcome = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var now = await turn.TakeAsync(
                    () => InSlotAsync(slots, () => sync.AttemptAsync(work, run, deadline, Timeout.InfiniteTimeSpan, progress, cancellationToken), cancellationToken),
                    cancellationToken);
                outcome = now.Outcome.After(outcome);
                if (!now.MayPass || attempt >= options.Workflow.Attempts)
                    return outcome;
            }
            catch (OperationCanceledException cancelled)
            {
                return ImageOutcome.Failed(work, cancelled).After(outcome);
            }

            work = work with { Downloaded = outcome.BytesDownloaded };
            var wait = options.Workflow.FirstRetryAfter * Math.Pow(2, attempt - 1);
            LogRetry(work.Distribution, work.Cloud, attempt, wait, outcome.Reason);
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<SyncResult> InSlotAsync(SemaphoreSlim slots, Func<Task<SyncResult>> work, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            slots.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Distribution} for {Cloud}: attempt {Attempt} failed, the next follows in {Wait}: {Reason}")]
    private partial void LogRetry(string distribution, string? cloud, int attempt, TimeSpan wait, string reason);
}
