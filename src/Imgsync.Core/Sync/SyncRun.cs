using System.Globalization;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Pruning;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Sync;

/// <summary>A whole run on this machine: what the hosted workflow does with activities, done with tasks.</summary>
public sealed partial class SyncRun(
    RunSteps steps, ImageSync sync, Lookups lookups, DistributionCatalog catalog, RunPruner pruner, ImgsyncOptions options,
    TimeProvider time, ILogger<SyncRun> logger)
{
    /// <summary>How long the receivers of messages may take in all; they are told at the same time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(5);

    /// <returns>The report, also of a run that was cancelled once it had a plan.</returns>
    /// <exception cref="ConfigurationException">The request cannot be met as it stands.</exception>
    /// <exception cref="RunUnderWayException">Another run is at work in the same staging store.</exception>
    public async Task<SyncReport> RunAsync(RunRequest request, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        try
        {
            return await RunToReportAsync(request, progress, cancellationToken);
        }
        catch (ImgsyncException failure) when (IsToBeTold(failure, request) && !cancellationToken.IsCancellationRequested)
        {
            await TellAsync(failure);
            throw;
        }
    }

    private async Task TellAsync(ImgsyncException failure)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        foreach (var untold in await steps.Failed.TellAsync(failure, patience.Token))
            LogNotTold(untold);
    }

    /// <summary>A request that names what does not exist is answered to whoever asked; that another run is at work is no failure.</summary>
    private static bool IsToBeTold(ImgsyncException failure, RunRequest request) =>
        !request.DryRun && failure is not RunUnderWayException && (request.IsComplete || failure is not ConfigurationException);

    private async Task<SyncReport> RunToReportAsync(
        RunRequest request, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var plan = await steps.PlanAsync(RunId.New(started), request, cancellationToken);
        SyncReport? report = null;
        ImgsyncException? lost = null;
        using var scope = EventScope.Begin(logger, plan.Run);
        IReadOnlyList<int> receivers = [];
        try
        {
            await using var hold = await steps.HoldAsync(plan.Run, cancellationToken);
            report = await WorkAsync(plan, hold, started, progress, cancellationToken);
            receivers = await steps.StoreAsync(report, CancellationToken.None);
        }
        catch (ImgsyncException failure) when (report is not null)
        {
            // What was done is done, and whoever asked for it is to see it.
            LogLost(failure.Message);
            lost = failure;
            report = report with { IsLost = true, Warnings = [$"This report is not stored: {failure.Message}"] };
        }
        finally
        {
            await ReleaseAsync(plan.Run, hasReport: report is not null);
            steps.Measure(report);
        }

        if (lost is not null && IsToBeTold(lost, request) && !cancellationToken.IsCancellationRequested)
            await TellAsync(lost);
        return await TellAsync(report, receivers, cancellationToken);
    }

    /// <param name="hasReport">What has been done is to be told, whatever becomes of the lock.</param>
    private async Task ReleaseAsync(RunId run, bool hasReport)
    {
        try
        {
            await steps.ReleaseAsync(run, CancellationToken.None);
        }
        catch (ImgsyncException failure) when (hasReport)
        {
            LogHeld(failure.Message);
        }
    }

    /// <summary>Who does not take a message fails no run; that is told in the log and in the report.</summary>
    private async Task<SyncReport> TellAsync(SyncReport report, IReadOnlyList<int> receivers, CancellationToken cancellationToken)
    {
        // What was published before somebody stopped the run is told, if that is quick: no later run tells it.
        using var patience = new CancellationTokenSource(cancellationToken.IsCancellationRequested ? ShortPatience : Patience, time);
        var failures = await Task.WhenAll(receivers.Select(FailureAsync));
        foreach (var failure in failures.OfType<string>())
        {
            LogNotTold(failure);
            await steps.WarnAsync(report.Run, failure, CancellationToken.None);
            report = report with { Warnings = [.. report.Warnings ?? [], failure] };
        }

        return report;

        async Task<string?> FailureAsync(int receiver)
        {
            try
            {
                await steps.TellAsync(report.Run, receiver, patience.Token);
                return null;
            }
            catch (ImgsyncException failure)
            {
                return failure.Message;
            }
            catch (OperationCanceledException)
            {
                return string.Create(CultureInfo.InvariantCulture, $"Cannot tell notify[{receiver}]: there was no time left for it.");
            }
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
        return report;

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

    [LoggerMessage(LogLevel.Warning, "{Failure}")]
    private partial void LogNotTold(string failure);

    [LoggerMessage(LogLevel.Error, "The run's report is not stored: {Failure}")]
    private partial void LogLost(string failure);

    [LoggerMessage(LogLevel.Warning, "What a run does at its end is left to the next one, and its lock may stay until it runs out: "
        + "{Failure}")]
    private partial void LogHeld(string failure);
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
        if (outcome.Kind is not OutcomeKind.Unfinished)
        {
            LogRetry(outcome.Distribution, outcome.Target, failed, wait.InWords(), outcome.Reason);
            progress.Report(new ImageProgress(outcome.Distribution, outcome.Cloud, SyncStage.Resolve) { RetryIn = wait });
        }

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
