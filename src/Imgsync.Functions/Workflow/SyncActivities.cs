using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Functions.Workflow.Batches;
using Microsoft.Azure.Functions.Worker;

namespace Imgsync.Functions.Workflow;

/// <summary>The activities: each calls one step of Core. Any of them may run twice.</summary>
public sealed class SyncActivities(RunSteps steps, QueuedImages queue)
{
    [Function(nameof(PlanRun))]
    public Task<RunPlan> PlanRun([ActivityTrigger] RunStart start, CancellationToken cancellationToken) =>
        steps.PlanAsync(start.Run, start.Request, cancellationToken);

    [Function(nameof(SyncDistribution))]
    public async Task<SyncResult> SyncDistribution([ActivityTrigger] SyncWork work, CancellationToken cancellationToken)
    {
        await queue.BeginAsync(work, cancellationToken);
        return await steps.SyncAsync(work, cancellationToken);
    }

    [Function(nameof(StoreOutcomes))]
    public Task StoreOutcomes([ActivityTrigger] BatchOutcomes batch, CancellationToken cancellationToken) =>
        steps.StoreAsync(batch.Run, batch.Number, batch.Outcomes, cancellationToken);

    [Function(nameof(PruneSuperseded))]
    public Task<PruneReport> PruneSuperseded([ActivityTrigger] PruneWork work, CancellationToken cancellationToken) =>
        steps.PruneAsync(work.Run, work.Outcomes, work.Batches, work.DryRun, cancellationToken);

    [Function(nameof(EndRun))]
    public Task EndRun([ActivityTrigger] RunEnd end, CancellationToken cancellationToken) =>
        steps.EndAsync(end.Run, end.Report, end.Batches, cancellationToken);
}
