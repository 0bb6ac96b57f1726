using Imgsync.Core.Configuration;
using Imgsync.Core.Pruning;
using Imgsync.Core.Staging;

namespace Imgsync.Core.Sync;

/// <summary>
/// A run cut into the steps that a workflow engine calls, on any machine and possibly twice: what <see cref="SyncRun"/> does in
/// one process. A step at work keeps the run's lock alive.
/// </summary>
public sealed class RunSteps(
    RunPlanner planner, ImageSync sync, RunPruner pruner, ReportStore reports, IStagingStore store, IRunLock runLock, ImgsyncOptions options, TimeProvider time)
{
    /// <summary>Often enough that one renewal may fail before a lease of a minute runs out.</summary>
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(20);

    /// <summary>What a run left unfinished may be taken up by the next ones; after a day upstream has moved on.</summary>
    private static readonly TimeSpan UnfinishedAge = TimeSpan.FromDays(1);

    /// <exception cref="ConfigurationException">The request cannot be met as it stands.</exception>
    /// <exception cref="RunUnderWayException">Another run holds the lock.</exception>
    public async Task<RunPlan> PlanAsync(string run, RunRequest request, CancellationToken cancellationToken)
    {
        await TakeAsync(run, cancellationToken);
        return planner.Plan(run, request);
    }

    /// <summary>Works for one activity budget at most; what is not done by then is <see cref="OutcomeKind.Unfinished"/>.</summary>
    public Task<ImageOutcome> SyncAsync(SyncWork work, CancellationToken cancellationToken) => HoldAsync(work.Run, async () =>
    {
        using var budget = new CancellationTokenSource(options.Workflow.ActivityBudget, time);
        return await sync.SyncAsync(work, new Progress<ImageProgress>(), budget.Token, cancellationToken);
    }, cancellationToken);

    public Task<PruneReport> PruneAsync(string run, IReadOnlyList<ImageOutcome> outcomes, bool dryRun, CancellationToken cancellationToken) =>
        HoldAsync(run, () => pruner.PruneAsync(run, outcomes, dryRun, cancellationToken), cancellationToken);

    public Task StoreAsync(SyncReport report, CancellationToken cancellationToken) => reports.SaveAsync(report, cancellationToken);

    /// <summary>Tidies the staging store and lets the next run start.</summary>
    public async Task EndAsync(string run, CancellationToken cancellationToken)
    {
        if (await runLock.RenewAsync(run, cancellationToken))
            await store.SweepAsync(UnfinishedAge, options.Staging.KeepFor, cancellationToken);
        await runLock.ReleaseAsync(run, cancellationToken);
    }

    /// <summary>Between two steps, or with a machine, the lock may have been lost; a step starts afresh and may take it again.</summary>
    private async Task TakeAsync(string run, CancellationToken cancellationToken)
    {
        var holder = await runLock.AcquireAsync(run, cancellationToken);
        if (holder != run)
            throw new RunUnderWayException(holder);
    }

    private async Task<T> HoldAsync<T>(string run, Func<Task<T>> work, CancellationToken cancellationToken)
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

    /// <summary>Never fails: whoever is about to change something asks the lock itself.</summary>
    private async Task RenewAsync(string run, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(RenewEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended) && await runLock.RenewAsync(run, ended))
            {
                // Held for longer.
            }
        }
        catch (Exception)
        {
            // Ended, or the lock's storage does not answer.
        }
    }
}
