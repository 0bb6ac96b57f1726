using Imgsync.Core.Sync;
using Imgsync.Core.Telemetry;
using Imgsync.Functions.Workflow;
using Microsoft.DurableTask;

namespace Imgsync.Functions;

/// <summary>
/// One activity per distribution and cloud. A distribution's clouds go one after the other until one has brought the bytes to
/// staging; the rest then read the staged copy, all at once. Distributions are independent of each other, and one image's failure is only its own outcome.
/// </summary>
internal sealed class ImageFanOut(TaskOrchestrationContext context, WorkflowPlan plan, RunProgress progress, Task cancelled)
{
    private readonly TaskOptions _retries = Retries.Of(plan.Limits);

    public async Task RunAsync()
    {
        context.SetCustomStatus(progress.Status());
        var first = plan.Run.Distributions.Select(planned => new Leg(planned, Place: 0, Alone: true));
        var neverStarted = await BoundedFanOut.RunAsync(first, plan.Limits.MaxParallel, TravelAsync, cancelled);

        foreach (var leg in neverStarted.SelectMany(leg => leg.Alone ? [leg, .. After(leg)] : (IEnumerable<Leg>)[leg]))
            progress.Ended(Outcomes.NeverStarted(Work(leg)));
    }

    private async Task<IReadOnlyList<Leg>> TravelAsync(Leg leg)
    {
        progress.Started(Work(leg));
        context.SetCustomStatus(progress.Status());

        var outcome = await AttemptAsync(Work(leg));
        progress.Ended(outcome);
        if (cancelled.IsCompleted)
            progress.Phase = RunPhase.Cancelling;
        context.SetCustomStatus(progress.Status());
        if (!leg.Alone)
            return [];
        return outcome.HasBytes ? [.. After(leg).Select(other => other with { Alone = false })] : [.. After(leg).Take(1)];
    }

    /// <summary>The one catch: whatever an activity fails of is that image's outcome.</summary>
    private async Task<ImageOutcome> AttemptAsync(SyncWork work)
    {
        try
        {
            return await SyncAsync(work);
        }
        catch (TaskFailedException failed)
        {
            return Outcomes.Failed(work, failed.FailureDetails);
        }
    }

    /// <summary>An activity whose time budget is spent has kept its bytes: it is called again, a bounded number of times.</summary>
    private async Task<ImageOutcome> SyncAsync(SyncWork work)
    {
        ImageOutcome? outcome = null;
        for (var round = 0; round < plan.Limits.MaxRounds && !(round > 0 && cancelled.IsCompleted); round++)
        {
            // One pass did not suffice the first time: from then on the bytes are made safe before Glance sees any.
            var now = await context.CallActivityAsync<ImageOutcome>(
                nameof(SyncActivities.SyncDistribution), work with { StagedFirst = work.StagedFirst || round > 0 }, _retries);
            outcome = now.After(outcome);
            if (outcome.Kind != OutcomeKind.Unfinished)
                return outcome;
        }

        return outcome! with
        {
            Kind = OutcomeKind.Failed,
            Failure = cancelled.IsCompleted ? FailureKind.Cancelled : FailureKind.TimeSpent,
            Reason = cancelled.IsCompleted
                ? "The run was cancelled; what has been downloaded is kept for the next one."
                : $"It was not done after {plan.Limits.MaxRounds} rounds of the activity budget; what has been downloaded is kept for the next run.",
        };
    }

    private static IEnumerable<Leg> After(Leg leg) =>
        Enumerable.Range(leg.Place + 1, leg.Planned.Clouds.Count - leg.Place - 1).Select(place => leg with { Place = place });

    private SyncWork Work(Leg leg) => new(leg.Planned.Distribution, leg.Planned.Clouds[leg.Place], plan.Run.Run, plan.Run.Request.Force, plan.Run.Request.DryRun);

    /// <param name="Alone">The clouds after this one wait for it.</param>
    private readonly record struct Leg(PlannedDistribution Planned, int Place, bool Alone);
}
