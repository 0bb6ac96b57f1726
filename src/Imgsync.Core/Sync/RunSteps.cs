using Imgsync.Core.Configuration;
using Imgsync.Core.Pruning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;

namespace Imgsync.Core.Sync;

/// <summary>
/// A run cut into the steps that a workflow engine calls, on any machine and possibly twice: what <see cref="SyncRun"/> does in
/// one process. A step at work keeps the run's lock alive.
/// </summary>
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
    TimeProvider time)
{
    /// <summary>Often enough that one renewal may fail before a lease of a minute runs out.</summary>
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(20);

    /// <summary>What a run left unfinished may be taken up by the next ones; after a day upstream has moved on.</summary>
    private static readonly TimeSpan UnfinishedAge = TimeSpan.FromDays(1);

    /// <exception cref="ConfigurationException">The request cannot be met as it stands.</exception>
    /// <exception cref="RunUnderWayException">Another run holds the lock.</exception>
    public async Task<RunPlan> PlanAsync(string run, RunRequest request, CancellationToken cancellationToken)
    {
        var plan = planner.Plan(run, request);
        clouds.WarnOfInsecureClouds(plan.Distributions.SelectMany(planned => planned.Clouds));
        await TakeAsync(run, cancellationToken);
        await installation.NameAsync(cancellationToken);
        return plan;
    }

    /// <summary>Downloads for one activity budget at most; what is not done by then is <see cref="OutcomeKind.Unfinished"/>.</summary>
    /// <exception cref="RunUnderWayException">Another run holds the lock.</exception>
    public async Task<SyncResult> SyncAsync(SyncWork work, CancellationToken cancellationToken) =>
        // It may have waited in a queue since before somebody cancelled the run.
        await notes.IsCancelledAsync(work.Run, cancellationToken)
            ? new SyncResult(ImageOutcome.NeverStarted(work))
            : await HoldAsync(work.Run, () => AttemptAsync(work, cancellationToken), cancellationToken);

    /// <summary>Works for one activity budget at most; clouds that it did not come to are left to the next run.</summary>
    /// <param name="parts">Further outcomes, which are in the store.</param>
    public Task<PruneReport> PruneAsync(
        string run, IReadOnlyList<ImageOutcome> outcomes, IReadOnlyList<int> parts, bool dryRun, CancellationToken cancellationToken) => HoldAsync(run, async () =>
    {
        using var budget = new CancellationTokenSource(options.Workflow.ActivityBudget, time);
        var all = await AllAsync(run, outcomes, parts, cancellationToken);
        return await pruner.PruneAsync(run, all, early: _ => null, dryRun, budget.Token, cancellationToken);
    }, cancellationToken);

    /// <summary>Keeps a part of a long run's outcomes for its last steps.</summary>
    public Task StoreAsync(string run, int part, IReadOnlyList<ImageOutcome> outcomes, CancellationToken cancellationToken) =>
        reports.SavePartAsync(run, part, outcomes, cancellationToken);

    /// <summary>Stores the report, tidies the staging store and lets the next run start.</summary>
    /// <param name="report">Null when the run has none: it could not be planned.</param>
    /// <param name="parts">Outcomes that are in the store and not in the report yet.</param>
    public async Task EndAsync(string run, SyncReport? report, IReadOnlyList<int> parts, CancellationToken cancellationToken)
    {
        if (report is not null)
            report = await StoreAsync(report with { Outcomes = await AllAsync(run, report.Outcomes, parts, cancellationToken) }, cancellationToken);
        await LetGoAsync(run, UnfinishedAge, cancellationToken);
        Measure(report);
    }

    public async Task<SyncReport> StoreAsync(SyncReport report, CancellationToken cancellationToken)
    {
        await reports.SaveAsync(report, cancellationToken);
        return report;
    }

    /// <summary>Tidies the staging store and lets the next run start.</summary>
    /// <param name="unfinishedAge">How old an unfinished copy may be and still be kept.</param>
    public async Task LetGoAsync(string run, TimeSpan unfinishedAge, CancellationToken cancellationToken)
    {
        try
        {
            if (await runLock.RenewAsync(run, cancellationToken))
                await store.SweepAsync(unfinishedAge, options.Staging.KeepFor, cancellationToken);
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

    /// <summary>Keeps the run's lock alive while it works.</summary>
    /// <exception cref="RunUnderWayException">Another run holds the lock.</exception>
    public async Task<T> HoldAsync<T>(string run, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await TakeAsync(run, cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewing = RenewAsync(run, ended.Token);
        try
        {
            return await work();
        }
        finally
        {
            await ended.CancelAsync();
            await renewing;
        }
    }

    private async Task<SyncResult> AttemptAsync(SyncWork work, CancellationToken cancellationToken)
    {
        var run = lookups.ForOneImage(cancellationToken);
        if (work.Known is { } known)
            run.Know(work.Distribution, known);

        var deadline = new ImageDeadline(options.Upstream.ImageTimeout, time);
        var result = await sync.AttemptAsync(work, run, deadline, options.Workflow.ActivityBudget, new Progress<ImageProgress>(), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested(); // the host shuts down: that is no outcome of this image

        // After a failure that will not pass, whoever comes next asks the publisher again: its answer may have been the reason.
        var isOfUse = result.MayPass || result.Outcome.Kind is not OutcomeKind.Failed;
        return isOfUse && run.Known(work.Distribution) is { } found && found != work.Known ? result with { Found = found } : result;
    }

    private async Task<IReadOnlyList<ImageOutcome>> AllAsync(
        string run, IReadOnlyList<ImageOutcome> outcomes, IReadOnlyList<int> parts, CancellationToken cancellationToken) =>
        parts is [] ? outcomes : [.. await reports.LoadPartsAsync(run, parts, cancellationToken), .. outcomes];

    /// <summary>Between two steps, or with a machine, the lock may have been lost; a step starts afresh and may take it again.</summary>
    private async Task TakeAsync(string run, CancellationToken cancellationToken)
    {
        var holder = await runLock.AcquireAsync(run, cancellationToken);
        if (holder != run)
            throw new RunUnderWayException(holder);
    }

    /// <summary>Never fails: whoever is about to change something asks the lock itself.</summary>
    private async Task RenewAsync(string run, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(RenewEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended) && await TryRenewAsync(run, ended))
            {
                // Held for longer.
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    /// <returns>False once the lock is somebody else's. A service that does not answer is asked again.</returns>
    private async Task<bool> TryRenewAsync(string run, CancellationToken ended)
    {
        try
        {
            return await runLock.RenewAsync(run, ended);
        }
        catch (ImgsyncException)
        {
            return true;
        }
    }
}
