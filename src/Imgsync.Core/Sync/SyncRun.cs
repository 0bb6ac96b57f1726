using Imgsync.Core.Configuration;
using Imgsync.Core.Pruning;
using Imgsync.Core.Staging;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Sync;

/// <summary>A whole run on this machine: what the hosted workflow does with activities, done with tasks.</summary>
public sealed partial class SyncRun(
    RunPlanner planner,
    ImageSync sync,
    RunPruner pruner,
    IStagingStore store,
    Installation installation,
    IRunLock runLock,
    ImgsyncOptions options,
    TimeProvider time,
    ILogger<SyncRun> logger)
{
    /// <exception cref="ConfigurationException">The request cannot be met as it stands.</exception>
    /// <exception cref="RunUnderWayException">Another run is at work in the same staging store.</exception>
    public async Task<SyncReport> RunAsync(RunRequest request, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var plan = planner.Plan(RunId.New(started), request);
        var holder = await runLock.AcquireAsync(plan.Run, cancellationToken);
        if (holder != plan.Run)
            throw new RunUnderWayException(holder);

        try
        {
            await installation.NameAsync(cancellationToken);
            using var slots = new SemaphoreSlim(options.MaxParallel);
            var ended = await Task.WhenAll(plan.Distributions.Select(planned => SyncAsync(plan, planned, slots, progress, cancellationToken)));
            cancellationToken.ThrowIfCancellationRequested();

            ImageOutcome[] outcomes = [.. ended.SelectMany(outcome => outcome)];
            var pruning = await pruner.PruneAsync(plan.Run, outcomes, request.DryRun, cancellationToken);
            return new SyncReport(plan.Run, started, time.GetUtcNow(), request.DryRun, outcomes, pruning);
        }
        finally
        {
            // What a failed or cancelled image left half made can be fetched again; what a crash left is taken up by the next run.
            await store.SweepAsync(unfinishedAge: TimeSpan.Zero, options.Staging.KeepFor, CancellationToken.None);
            await runLock.ReleaseAsync(plan.Run, CancellationToken.None);
        }
    }

    /// <summary>The first cloud downloads; the others then read the staged copy, all at once.</summary>
    private async Task<IReadOnlyList<ImageOutcome>> SyncAsync(
        RunPlan plan, PlannedDistribution planned, SemaphoreSlim slots, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var work = plan.Request.DownloadOnly
            ? [new SyncWork(planned.Distribution, Cloud: null, plan.Run, plan.Request.Force, plan.Request.DryRun)]
            : planned.Clouds.Select(cloud => new SyncWork(planned.Distribution, cloud, plan.Run, plan.Request.Force, plan.Request.DryRun)).ToList();

        var first = await AttemptAsync(work[0], slots, progress, cancellationToken);
        var others = await Task.WhenAll(work.Skip(1).Select(one => AttemptAsync(one, slots, progress, cancellationToken)));
        return [first, .. others];
    }

    /// <summary>The one catch: whatever goes wrong with one image is that image's outcome.</summary>
    private async Task<ImageOutcome> AttemptAsync(SyncWork work, SemaphoreSlim slots, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await slots.WaitAsync(cancellationToken);
                try
                {
                    return await sync.SyncAsync(work, progress, budget: CancellationToken.None, cancellationToken);
                }
                finally
                {
                    slots.Release();
                }
            }
            catch (RetriableException passing) when (attempt < options.Workflow.Attempts)
            {
                var wait = options.Workflow.FirstRetryAfter * Math.Pow(2, attempt - 1);
                LogRetry(work.Distribution, work.Cloud, attempt, wait, passing.Message);
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception failure)
            {
                LogFailed(failure, work.Distribution, work.Cloud);
                return ImageOutcome.Failed(work, failure);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Distribution} for {Cloud}: attempt {Attempt} failed, the next follows in {Wait}: {Reason}")]
    private partial void LogRetry(string distribution, string? cloud, int attempt, TimeSpan wait, string reason);

    [LoggerMessage(LogLevel.Debug, "{Distribution} for {Cloud}: failed")]
    private partial void LogFailed(Exception failure, string distribution, string? cloud);
}
