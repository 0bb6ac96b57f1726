using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Pruning;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Sync;

/// <summary>A whole run on this machine: what the hosted workflow does with activities, done with tasks.</summary>
public sealed class SyncRun(
    RunSteps steps, ImageSync sync, Lookups lookups, DistributionCatalog catalog, RunPruner pruner, ImgsyncOptions options,
    TimeProvider time, ILogger<SyncRun> logger)
{
    /// <returns>The report, also of a run that was cancelled once it had a plan.</returns>
    /// <exception cref="ConfigurationException">The request cannot be met as it stands.</exception>
    /// <exception cref="RunUnderWayException">Another run is at work in the same staging store.</exception>
    public async Task<SyncReport> RunAsync(RunRequest request, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var plan = await steps.PlanAsync(RunId.New(started), request, cancellationToken);
        SyncReport? report = null;
        using var scope = EventScope.Begin(logger, plan.Run);
        try
        {
            await using var hold = await steps.HoldAsync(plan.Run, cancellationToken);
            return report = await WorkAsync(plan, hold, started, progress, cancellationToken);
        }
        finally
        {
            await steps.ReleaseAsync(plan.Run, CancellationToken.None);
            steps.Measure(report);
        }
    }

    private async Task<SyncReport> WorkAsync(
        RunPlan plan, RunHold hold, DateTimeOffset started, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var run = lookups.ForRun(cancellationToken);
        var asking = plan.Request is { Force: false, DownloadOnly: false }
            ? run.AskAheadAsync(plan.Distributions.Select(planned => catalog.Get(planned.Distribution)))
            : Task.CompletedTask;
        var images = new LocalImages(sync, hold, run, options.Upstream.ImageTimeout, time, logger, progress, cancellationToken);
        await new ImageFanOut(plan, SyncLimits.Of(options), images, Task.Delay(Timeout.Infinite, cancellationToken)).RunAsync();
        await asking;

        var outcomes = images.Outcomes(plan);
        var pruning = await PruneAsync();
        var report = new SyncReport(plan.Run, started, time.GetUtcNow(), plan.Request.DryRun, outcomes, pruning)
        {
            Cancelled = cancellationToken.IsCancellationRequested,
            Complete = plan.Request.IsComplete,
        };
        return await steps.StoreAsync(report, CancellationToken.None);

        async Task<PruneReport> PruneAsync()
        {
            if (cancellationToken.IsCancellationRequested)
                return PruneReport.Nothing;

            try
            {
                return await pruner.PruneAsync(
                    hold, outcomes, run.Listed, plan.Request.DryRun, budget: CancellationToken.None, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return new PruneReport([], ["The run was cancelled while it cleaned up; the next one goes on with it."]);
            }
        }
    }
}

/// <summary>Tries images by tasks of this process.</summary>
internal sealed partial class LocalImages(
    ImageSync sync,
    RunHold hold,
    RunLookups lookups,
    TimeSpan imageTimeout,
    TimeProvider time,
    ILogger logger,
    IProgress<ImageProgress> progress,
    CancellationToken cancellationToken) : IImageHost
{
    private readonly Dictionary<(string Distribution, string Cloud), ImageDeadline> _deadlines = [];
    private readonly Dictionary<(string Distribution, string Cloud), ImageOutcome> _outcomes = [];

    /// <summary>In the plan's order, whichever ended first.</summary>
    public ImageOutcome[] Outcomes(RunPlan plan) =>
        [.. plan.Distributions.SelectMany(planned => SyncWork.Of(plan, planned)).Select(work => _outcomes[Key(work)])];

    public void Started(SyncWork work) => _deadlines[Key(work)] = new ImageDeadline(imageTimeout, time);

    public Task<SyncResult> AttemptAsync(SyncWork work) =>
        sync.AttemptAsync(work, hold, lookups, _deadlines[Key(work)], Timeout.InfiniteTimeSpan, progress, cancellationToken);

    public async Task WaitAsync(TimeSpan wait, int failed, ImageOutcome outcome)
    {
        LogRetry(outcome.Distribution, outcome.Target, failed, wait.InWords(), outcome.Reason);
        progress.Report(new ImageProgress(outcome.Distribution, outcome.Cloud, SyncStage.Resolve) { RetryIn = wait });
        await Task.Delay(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Ended(ImageOutcome outcome)
    {
        _outcomes[(outcome.Distribution, outcome.Cloud)] = outcome;
        progress.Report(new ImageProgress(outcome.Distribution, outcome.Cloud, SyncStage.Publish) { Ended = outcome });
    }

    private static (string, string) Key(SyncWork work) => (work.Distribution, work.Cloud ?? "");

    [LoggerMessage(LogLevel.Warning, "{Distribution} for {Target}: attempt {Attempt} failed, the next follows in {Wait}: {Reason}")]
    private partial void LogRetry(string distribution, string target, int attempt, string wait, string reason);
}
