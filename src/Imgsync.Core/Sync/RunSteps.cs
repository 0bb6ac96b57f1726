using System.Text.Json.Serialization;
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
        if (report is null)
        {
            await ReleaseAsync(run, cancellationToken);
            Measure(report);
            return new RunEnded([]);
        }

        report = report with { Outcomes = await AllAsync(run, report.Outcomes, parts, cancellationToken) };
        var ended = new RunEnded(await StoreAsync(report, cancellationToken));
        ended = ended with { Warning = await TryReleaseAsync(run, cancellationToken) };
        Measure(report);
        return ended;
    }

    /// <summary>Keeps why a run has no report, and lets the next one start.</summary>
    /// <param name="failure">What kind of failure it was, to count by.</param>
    /// <param name="reason">One sentence.</param>
    public async Task<RunEnded> EndAsync(RunId run, string failure, string reason, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> receivers;
        try
        {
            receivers = await failed.KeepAsync(run, failure, reason, cancellationToken);
        }
        finally
        {
            await ReleaseAsync(run, cancellationToken);
        }

        Measure(report: null);
        return new RunEnded(receivers);
    }

    /// <summary>Lets the next run start after one whose report could not be stored, and keeps why. Whatever the store refuses is no
    /// failure here: it has refused the report.</summary>
    /// <inheritdoc cref="EndAsync(RunId, SyncReport, IReadOnlyList{int}, CancellationToken)"/>
    public async Task<RunEnded> EndLostAsync(
        SyncReport report, IReadOnlyList<int> parts, RunFailure failure, CancellationToken cancellationToken)
    {
        var ended = report.DryRun ? new RunEnded([]) : await KeepLostAsync(failure, cancellationToken);
        ended = ended with { Warning = await TryReleaseAsync(report.Run, cancellationToken) };
        Measure(report with { IsLost = true, Outcomes = await AllThatAreThereAsync(report, parts, cancellationToken) });
        return ended;
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

    /// <summary>Tells one receiver of a run that has no report, where not even that could be kept.</summary>
    /// <inheritdoc cref="Notifier.SendAsync(RunFailure, int, CancellationToken)"/>
    public Task TellAsync(RunFailure unkept, int receiver, CancellationToken cancellationToken) =>
        notifier.SendAsync(unkept, receiver, cancellationToken);

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

    private async Task<RunEnded> KeepLostAsync(RunFailure failure, CancellationToken cancellationToken)
    {
        try
        {
            return new RunEnded(await failed.KeepAsync(failure.Run, failure.Kind, failure.Reason, cancellationToken));
        }
        catch (Exception unkept) when (unkept is ImgsyncException or IOException or UnauthorizedAccessException)
        {
            return new RunEnded(notifier.Receivers(failure)) { IsUnkept = true };
        }
    }

    /// <summary>What has been done is to be told, whatever becomes of the lock.</summary>
    /// <returns>What was in the way; null for nothing.</returns>
    private async Task<string?> TryReleaseAsync(RunId run, CancellationToken cancellationToken)
    {
        try
        {
            await ReleaseAsync(run, cancellationToken);
            return null;
        }
        catch (ImgsyncException failure)
        {
            return "What a run does at its end is left to the next one, and its lock may stay until it runs out: " + failure.Message;
        }
    }

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

    /// <summary>A part that cannot be read may be why the report is lost.</summary>
    private async Task<IReadOnlyList<ImageOutcome>> AllThatAreThereAsync(
        SyncReport report, IReadOnlyList<int> parts, CancellationToken cancellationToken)
    {
        try
        {
            return await AllAsync(report.Run, report.Outcomes, parts, cancellationToken);
        }
        catch (ImgsyncException)
        {
            return report.Outcomes;
        }
    }
}

/// <summary>What is left to do once a run has ended.</summary>
/// <param name="Receivers">Who is to be told of it, by their places in the settings.</param>
public sealed record RunEnded(IReadOnlyList<int> Receivers)
{
    /// <summary>The store did not even take why there is no report: whoever tells the receivers has to know it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsUnkept { get; init; }

    /// <summary>What was left undone at the run's end; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Warning { get; init; }
}
