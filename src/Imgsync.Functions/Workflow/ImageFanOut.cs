using Imgsync.Core;
using Imgsync.Core.Runs;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Workflow;

/// <summary>
/// One activity per distribution and cloud. A distribution's clouds go one after the other until one has brought the bytes to
/// staging; the rest then read the staged copy, all at once. What one has learned of upstream goes to the next, so that the publisher
/// is asked once. Distributions are independent of each other, and one image's failure is only its own outcome.
/// </summary>
internal sealed class ImageFanOut(TaskOrchestrationContext context, RunPlan plan, WorkflowLimits limits, RunProgress progress, Task cancelled)
{
    public async Task RunAsync()
    {
        progress.Enter(RunPhase.Syncing);
        var first = plan.Distributions.Select(planned => new Leg(planned, Place: 0, Alone: true, Known: null));
        var neverStarted = await BoundedFanOut.RunAsync(first, limits.MaxParallel, TravelAsync, cancelled);

        foreach (var leg in neverStarted.SelectMany(leg => leg.Alone ? [leg, .. After(leg)] : (IEnumerable<Leg>)[leg]))
            progress.Ended(ImageOutcome.NeverStarted(Work(leg)));
    }

    private async Task<IReadOnlyList<Leg>> TravelAsync(Leg leg)
    {
        progress.Started(Work(leg));
        var result = await SyncAsync(Work(leg));
        progress.Ended(result.Outcome);
        if (!leg.Alone)
            return [];
        var others = After(leg with { Known = result.Found ?? leg.Known });
        return result.Outcome.HasBytes ? [.. others.Select(other => other with { Alone = false })] : [.. others.Take(1)];
    }

    /// <summary>
    /// Calls the activity until the image is done. One whose time budget is spent has kept its bytes and is called again, a bounded
    /// number of times; so is one that failed of something that may pass, after a wait.
    /// </summary>
    private async Task<SyncResult> SyncAsync(SyncWork work)
    {
        ImageOutcome? outcome = null;
        for (var (rounds, failed) = (0, 0); ;)
        {
            var now = await AttemptAsync(work);
            outcome = now.Outcome.After(outcome);
            work = work with { Known = now.Found ?? work.Known, Downloaded = outcome.BytesDownloaded };
            if (now.Outcome.Kind is OutcomeKind.Unfinished)
            {
                if (++rounds == limits.MaxRounds || cancelled.IsCompleted)
                    return now with { Outcome = NotDone(outcome) };

                // One pass did not suffice: from now on the bytes are made safe before Glance sees any.
                (work, failed) = (work with { StagedFirst = true }, 0);
            }
            else if (!now.MayPass || ++failed >= limits.Attempts || !await WaitAsync(Retries.Wait(limits, failed)))
            {
                return now with { Outcome = outcome, Found = work.Known };
            }
        }
    }

    /// <summary>The one catch: whatever an activity fails of is that image's outcome.</summary>
    private async Task<SyncResult> AttemptAsync(SyncWork work)
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

    /// <returns>False when the run was cancelled: then nothing is tried again.</returns>
    private async Task<bool> WaitAsync(TimeSpan wait)
    {
        using var stop = new CancellationTokenSource();
        await Task.WhenAny(context.CreateTimer(wait, stop.Token), cancelled);
#pragma warning disable CA1849, MA0042 // CancelAsync goes on in another thread, which an orchestrator must never do
        stop.Cancel();
#pragma warning restore CA1849, MA0042
        return !cancelled.IsCompleted;
    }

    private ImageOutcome NotDone(ImageOutcome outcome) => outcome with
    {
        Kind = OutcomeKind.Failed,
        Failure = cancelled.IsCompleted ? FailureKind.Cancelled : FailureKind.TimeSpent,
        Reason = cancelled.IsCompleted
            ? "The run was cancelled; what has been downloaded is kept for the next one."
            : $"It was not done after {limits.MaxRounds} rounds of the activity budget; what has been downloaded is kept for the next run.",
    };

    private static IEnumerable<Leg> After(Leg leg) =>
        Enumerable.Range(leg.Place + 1, leg.Planned.Clouds.Count - leg.Place - 1).Select(place => leg with { Place = place });

    private SyncWork Work(Leg leg) =>
        new(leg.Planned.Distribution, leg.Planned.Clouds[leg.Place], plan.Run, plan.Request.Force, plan.Request.DryRun, Known: leg.Known);

    /// <param name="Alone">The clouds after this one wait for it.</param>
    /// <param name="Known">What the clouds before it have learned of upstream.</param>
    private readonly record struct Leg(PlannedDistribution Planned, int Place, bool Alone, Resolution? Known);
}
