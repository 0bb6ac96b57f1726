using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Pruning;
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
    RunPruner pruner,
    ReportStore reports,
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
        clouds.WarnOfOpenDoors(plan.Distributions.SelectMany(planned => planned.Clouds));
        await TakeAsync(run, cancellationToken);
        await installation.NameAsync(cancellationToken);
        return plan;
    }

    /// <summary>Works for one activity budget at most; what is not done by then is <see cref="OutcomeKind.Unfinished"/>.</summary>
    public Task<SyncResult> SyncAsync(SyncWork work, CancellationToken cancellationToken) => HoldAsync(work.Run, async () =>
    {
        using var budget = new CancellationTokenSource(options.Workflow.ActivityBudget, time);
        var deadline = new ImageDeadline(options.Upstream.ImageTimeout, time);
        return await deadline.KeepAsync(inTime => sync.SyncAsync(work, new Progress<ImageProgress>(), budget.Token, inTime), cancellationToken);
    }, cancellationToken);

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

    /// <param name="parts">Outcomes that are in the store and not in the report yet.</param>
    public async Task StoreAsync(SyncReport report, IReadOnlyList<int> parts, CancellationToken cancellationToken)
    {
        var whole = report with { Outcomes = await AllAsync(report.Run, report.Outcomes, parts, cancellationToken) };
        await reports.SaveAsync(whole, cancellationToken);
        measurements.Ended(whole);
    }

    public Task EndAsync(string run, CancellationToken cancellationToken) => EndAsync(run, UnfinishedAge, cancellationToken);

    /// <summary>Tidies the staging store and lets the next run start.</summary>
    /// <param name="unfinishedAge">How old an unfinished copy may be and still be kept.</param>
    public async Task EndAsync(string run, TimeSpan unfinishedAge, CancellationToken cancellationToken)
    {
        if (await runLock.RenewAsync(run, cancellationToken))
            await store.SweepAsync(unfinishedAge, options.Staging.KeepFor, cancellationToken);
        await runLock.ReleaseAsync(run, cancellationToken);
        if (!await reports.HasAsync(run, cancellationToken))
            measurements.Failed();
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
