using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Workflow;

/// <summary>Tries images by activities, and waits by durable timers.</summary>
internal sealed class ImageActivities(TaskOrchestrationContext context, RunProgress progress, Task cancelled) : IImageHost
{
    public void Started(SyncWork work) => progress.Started(work);

    /// <summary>The one catch: whatever an activity fails of is that image's outcome.</summary>
    public async Task<SyncResult> AttemptAsync(SyncWork work)
    {
        try
        {
            return await context.CallActivityAsync<SyncResult>(nameof(SyncActivities.SyncDistribution), work);
        }
        catch (TaskFailedException failed)
        {
            return new SyncResult(Outcomes.Failed(work, failed.FailureDetails), failed.FailureDetails.MayPass());
        }
    }

    public async Task WaitAsync(TimeSpan wait, int failed, ImageOutcome outcome)
    {
        using var stop = new CancellationTokenSource();
        await Task.WhenAny(context.CreateTimer(wait, stop.Token), cancelled);
#pragma warning disable CA1849, MA0042 // CancelAsync goes on in another thread, which an orchestrator must never do
        stop.Cancel();
#pragma warning restore CA1849, MA0042
    }

    public void Ended(ImageOutcome outcome) => progress.Ended(outcome);
}
