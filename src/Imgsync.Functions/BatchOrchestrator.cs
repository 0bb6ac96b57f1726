using Imgsync.Functions.Workflow;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Imgsync.Functions;

/// <summary>A part of a run that is too long for one history: syncs its images and leaves their outcomes in the staging store.</summary>
public static class BatchOrchestrator
{
    [Function(nameof(BatchOrchestrator))]
    public static async Task<BatchSummary> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var batch = context.GetInput<SyncBatch>() ?? throw new InvalidOperationException("A batch is started with its part of the plan, and has got none.");
        var run = batch.Plan.Run.Run;
        var progress = new RunProgress(batch.Plan.Run);

        await new ImageFanOut(context, batch.Plan, progress, RunCancellation.RequestedAsync(context, run)).RunAsync();
        await context.CallActivityAsync(nameof(SyncActivities.StoreOutcomes), new BatchOutcomes(run, batch.Number, progress.Outcomes), Retries.Fixed);
        return progress.Summary(batch.Number);
    }
}
