using Imgsync.Core.Configuration;
using Imgsync.Core.Pruning;
using Imgsync.Core.Sync;
using Imgsync.Functions.Workflow;
using Microsoft.Azure.Functions.Worker;

namespace Imgsync.Functions;

/// <summary>The activities: one line each into Core. Any of them may run twice.</summary>
public sealed class SyncActivities(RunSteps steps, ImgsyncOptions options)
{
    [Function(nameof(PlanRun))]
    public async Task<WorkflowPlan> PlanRun([ActivityTrigger] RunStart start, CancellationToken cancellationToken) =>
        new(await steps.PlanAsync(start.Run, start.Request, cancellationToken), WorkflowLimits.Of(options));

    [Function(nameof(SyncDistribution))]
    public Task<SyncResult> SyncDistribution([ActivityTrigger] SyncWork work, CancellationToken cancellationToken) =>
        steps.SyncAsync(work, cancellationToken);

    [Function(nameof(StoreOutcomes))]
    public Task StoreOutcomes([ActivityTrigger] BatchOutcomes batch, CancellationToken cancellationToken) =>
        steps.StoreAsync(batch.Run, batch.Number, batch.Outcomes, cancellationToken);

    [Function(nameof(PruneSuperseded))]
    public Task<PruneReport> PruneSuperseded([ActivityTrigger] PruneWork work, CancellationToken cancellationToken) =>
        steps.PruneAsync(work.Run, work.Outcomes, work.Batches, work.DryRun, cancellationToken);

    [Function(nameof(StoreReport))]
    public Task StoreReport([ActivityTrigger] ReportWork work, CancellationToken cancellationToken) =>
        steps.StoreAsync(work.Report, work.Batches, cancellationToken);

    [Function(nameof(EndRun))]
    public Task EndRun([ActivityTrigger] RunStart start, CancellationToken cancellationToken) =>
        steps.EndAsync(start.Run, cancellationToken);
}
