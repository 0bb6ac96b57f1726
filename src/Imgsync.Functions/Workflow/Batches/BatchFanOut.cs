using System.Globalization;
using Imgsync.Core.Runs;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Workflow.Batches;

/// <summary>One sub-orchestration per batch of a long plan, a few at a time. They share out the activities that may be in
/// flight, so that one slow publisher holds up its own batch and no other.</summary>
internal sealed class BatchFanOut(TaskOrchestrationContext context, SyncLimits limits, RunProgress progress, Task cancelled)
{
    public async Task RunAsync(IReadOnlyList<RunPlan> batches)
    {
        var lanes = Lanes(batches.Count);
        var share = limits with { MaxParallel = limits.MaxParallel / lanes };
        var ready = batches.Select((batch, place) => new SyncBatch(place + 1, batch, share));

        progress.Enter(RunPhase.Syncing);
        var neverStarted = await BoundedFanOut.RunAsync(ready, lanes, TravelAsync, cancelled);
        foreach (var work in neverStarted.SelectMany(Work))
            progress.Ended(ImageOutcome.NeverStarted(work));
    }

    /// <summary>How many batches are under way at once: with equal shares, as many
    /// activities as may be, in as many batches as can be.</summary>
    private int Lanes(int batches) => Enumerable.Range(1, Math.Min(batches, limits.MaxParallel))
        .MaxBy(lanes => (InFlight: lanes * (limits.MaxParallel / lanes), lanes));

    private async Task<IReadOnlyList<SyncBatch>> TravelAsync(SyncBatch batch)
    {
        progress.Started(batch);
        try
        {
            progress.Ended(batch, await CallAsync(batch));
        }
        catch (TaskFailedException failed)
        {
            foreach (var work in Work(batch))
                progress.Ended(Outcomes.Failed(work, failed.FailureDetails.Cause()));
        }

        return [];
    }

    /// <summary>Every run's batches have the same ids, as runs have: what a finished one has left in the task hub is overwritten.</summary>
    private async Task<BatchSummary> CallAsync(SyncBatch batch)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{context.InstanceId}:{batch.Number}");
        var ended = context.CallSubOrchestratorAsync<BatchSummary>(nameof(BatchOrchestrator), batch, new TaskOptions().WithInstanceId(id));
        await Task.WhenAny(ended, cancelled);
        if (!ended.IsCompleted)
            context.SendEvent(id, RunCancellation.Event, batch.Plan.Run.ToString());
        return await ended;
    }

    private static IEnumerable<SyncWork> Work(SyncBatch batch) =>
        batch.Plan.Distributions.SelectMany(planned => SyncWork.Of(batch.Plan, planned));
}
