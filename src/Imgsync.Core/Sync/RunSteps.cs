using Imgsync.Core.Configuration;
using Imgsync.Core.Notify;
using Imgsync.Core.Pruning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;

namespace Imgsync.Core.Sync;

/// <summary>A run cut into the steps that a workflow engine calls, on any machine and possibly twice: what
/// <see cref="SyncRun"/> does in one process. A step at work keeps the run's lock alive.</summary>
public sealed class RunSteps(
    RunPlanner planner,
    ImageSync sync,
    Lookups lookups,
    RunPruner pruner,
    ReportStore reports,
    RunNotes notes,
    IStagingStore store,
    Installation installation,
    IRunLock runLock,
    CloudDirectory clouds,
    ImgsyncOptions options,
    Measurements measurements,
    Notifier notifier,
    FailedRuns failed,
    TimeProvider time)
{
    /// <summary>What a run left unfinished may be taken up by the next ones; after a day upstream has moved on.</summary>
    private static readonly TimeSpan UnfinishedAge = TimeSpan.FromDays(1);

    /// <summary>What becomes of runs without a report.</summary>
    public FailedRuns Failed => failed;

    /// <exception cref="ConfigurationException">The request cannot be met as it stands.</exception>
    /// <exception cref="RunUnderWayException">Another run holds the lock.</exception>
    public async Task<RunPlan> PlanAsync(RunId run, RunRequest request, CancellationToken cancellationToken)
    {
        var plan = new RunPlan(run, request, planner.Plan(request));
        clouds.WarnOfInsecureClouds(plan.Distributions.SelectMany(planned => planned.Clouds));
        await using var hold = await HoldAsync(run, cancellationToken);
        await installation.NameAsync(cancellationToken);
        return plan;
    }

    /// <summary>Downloads for one activity budget at most; what is not done by then is <see cref="OutcomeKind.Unfinished"/>.</summary>
    /// <exception cref="RunUnderWayException">Another run holds the lock.</exception>
    public async Task<SyncResult> SyncAsync(SyncWork work, CancellationToken cancellationToken)
    {
        // It may have waited in a queue since before somebody cancelled the run.
        if (await notes.IsCancelledAsync(work.Run, cancellationToken))
            return new SyncResult(ImageOutcome.NeverStarted(work));

        await using var hold = await HoldAsync(work.Run, cancellationToken);
        return await AttemptAsync(work, hold, cancellationToken);
    }

    /// <summary>Works for one activity budget at most; clouds that it did not come to are left to the next run.</summary>
    /// <param name="parts">Further outcomes, which are in the store.</param>
    public async Task<PruneReport> PruneAsync(
        RunId run, IReadOnlyList<ImageOutcome> outcomes, IReadOnlyList<int> parts, bool dryRun, CancellationToken cancellationToken)
    {
        await using var hold = await HoldAsync(run, cancellationToken);
        using var budget = new CancellationTokenSource(options.Workflow.ActivityBudget, time);
        var all = await AllAsync(run, outcomes, parts, cancellationToken);
        return await pruner.PruneAsync(hold, all, early: _ => null, dryRun, budget.Token, cancellationToken);
    }

    /// <summary>Keeps a part of a long run's outcomes for its last steps.</summary>
    public Task StoreAsync(RunId run, int part, IReadOnlyList<ImageOutcome> outcomes, CancellationToken cancellationToken) =>
        reports.SavePartAsync(run, part, outcomes, cancellationToken);

    /// <summary>Stores the report, tidies the staging store and lets the next run start.</summary>
    /// <param name="report">Null when the run has none: it could not be planned.</param>
    /// <param name="parts">Outcomes that are in the store and not in the report yet.</param>
    public async Task<RunEnded> EndAsync(RunId run, SyncReport? report, IReadOnlyList<int> parts, CancellationToken cancellationToken)
    {
        var ended = new RunEnded([]);
        if (report is not null)
        {
            report = report with { Outcomes = await AllAsync(run, report.Outcomes, parts, cancellationToken) };
            ended = new RunEnded(await StoreAsync(report, cancellationToken));
        }

        await ReleaseAsync(run, cancellationToken);
        Measure(report);
        return ended;
    }

    /// <summary>Keeps why a run has no report, and lets the next one start.</summary>
    /// <param name="failure">What kind of failure it was, to count by.</param>
    /// <param name="reason">One sentence.</param>
    public async Task<RunEnded> EndAsync(RunId run, string failure, string reason, CancellationToken cancellationToken)
    {
        var receivers = await failed.KeepAsync(run, failure, reason, cancellationToken);
        await EndAsync(run, report: null, parts: [], cancellationToken);
        return new RunEnded(receivers);
    }

    /// <returns>Who is to be told of this run, by their places in the settings.</returns>
    public async Task<IReadOnlyList<int>> StoreAsync(SyncReport report, CancellationToken cancellationToken)
    {
        var receivers = options.Notify is [] || report.DryRun
            ? []
            : await notifier.CollectAsync(await reports.StandingAsync(cancellationToken), report, cancellationToken);
        await reports.SaveAsync(report, cancellationToken);
        return receivers;
    }

    /// <summary>Tells one receiver of a run that has ended.</summary>
    /// <inheritdoc cref="Notifier.SendAsync(RunId, int, CancellationToken)"/>
    public Task TellAsync(RunId run, int receiver, CancellationToken cancellationToken) =>
        notifier.SendAsync(run, receiver, cancellationToken);

    /// <summary>Adds to a report what came to light after it was stored.</summary>
    public Task WarnAsync(RunId run, string warning, CancellationToken cancellationToken) =>
        reports.WarnAsync(run, warning, cancellationToken);

    /// <summary>Tidies the staging store and lets the next run start.</summary>
    public async Task ReleaseAsync(RunId run, CancellationToken cancellationToken)
    {
        try
        {
            if (await runLock.RenewAsync(run, cancellationToken))
                await store.SweepAsync(UnfinishedAge, options.Staging.KeepFor, cancellationToken);
        }
        finally
        {
            await runLock.ReleaseAsync(run, cancellationToken);
        }
    }

    /// <summary>Last, and once for each run, however often its end was tried.</summary>
    public void Measure(SyncReport? report)
    {
        if (report is null)
            measurements.Failed();
        else
            measurements.Ended(report);
    }

    /// <exception cref="RunUnderWayException">Another run holds the lock.</exception>
    public Task<RunHold> HoldAsync(RunId run, CancellationToken cancellationToken) => runLock.HoldAsync(run, time, cancellationToken);

    private async Task<SyncResult> AttemptAsync(SyncWork work, RunHold hold, CancellationToken cancellationToken)
    {
        var run = lookups.ForOneImage(cancellationToken);
        if (work.Known is { } known)
            run.Know(work.Distribution, known);

        var deadline = new ImageDeadline(options.Upstream.ImageTimeout, time);
        var result = await sync.AttemptAsync(
            work, hold, run, deadline, options.Workflow.ActivityBudget, new Progress<ImageProgress>(), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested(); // the host shuts down: that is no outcome of this image

        // After a failure that will not pass, whoever comes next asks the publisher again: its answer may have been the reason.
        var isOfUse = result.MayPass || result.Outcome.Kind is not OutcomeKind.Failed;
        return isOfUse && run.Known(work.Distribution) is { } found && found != work.Known ? result with { Found = found } : result;
    }

    private async Task<IReadOnlyList<ImageOutcome>> AllAsync(
        RunId run, IReadOnlyList<ImageOutcome> outcomes, IReadOnlyList<int> parts, CancellationToken cancellationToken) =>
        parts is [] ? outcomes : [.. await reports.LoadPartsAsync(run, parts, cancellationToken), .. outcomes];
}

/// <summary>What is left to do once a run's report is stored.</summary>
/// <param name="Receivers">Who is to be told of it, by their places in the settings.</param>
public sealed record RunEnded(IReadOnlyList<int> Receivers);
