using Imgsync.Core.Sync;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Workflow.Batches;

/// <summary>A part of a run that is too long for one history: syncs its images and leaves their outcomes in the staging store.</summary>
public static class BatchOrchestrator
{
    [Function(nameof(BatchOrchestrator))]
    public static async Task<BatchSummary> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var batch = context.GetInput<SyncBatch>()
            ?? throw new InvalidOperationException("A batch is started with its part of the plan, and has got none.");
        var run = batch.Plan.Run;
        var progress = new RunProgress(batch.Plan, context.SetCustomStatus);

        var cancelled = RunCancellation.RequestedAsync(context, run, progress);
        await new ImageFanOut(batch.Plan, batch.Limits, new ImageActivities(context, progress, cancelled), cancelled).RunAsync();
        await context.CallActivityAsync(
            nameof(SyncActivities.StoreOutcomes), new BatchOutcomes(run, batch.Number, progress.Outcomes),
            ActivityRetries.Patient(batch.Limits));
        return progress.Summary(batch.Number);
    }
}
