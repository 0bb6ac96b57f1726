using Imgsync.Core.Sync;
using Imgsync.Core.Telemetry;
using Imgsync.Functions.Workflow;
using Microsoft.DurableTask;

namespace Imgsync.Functions;

/// <summary>
/// One activity per distribution and cloud. A distribution's clouds go one after the other until one has brought the bytes to
/// staging; the rest then read the staged copy, all at once. What one has learned of upstream goes to the next, so that the publisher
/// is asked once. Distributions are independent of each other, and one image's failure is only its own outcome.
/// </summary>
internal sealed class ImageFanOut(TaskOrchestrationContext context, WorkflowPlan plan, RunProgress progress, Task cancelled)
{
    private readonly TaskOptions _retries = Retries.Of(plan.Limits);

    public async Task RunAsync()
    {
        context.SetCustomStatus(progress.Status());
        var first = plan.Run.Distributions.Select(planned => new Leg(planned, Place: 0, Alone: true, Known: null));
        var neverStarted = await BoundedFanOut.RunAsync(first, plan.Limits.MaxParallel, TravelAsync, cancelled);

        foreach (var leg in neverStarted.SelectMany(leg => leg.Alone ? [leg, .. After(leg)] : (IEnumerable<Leg>)[leg]))
            progress.Ended(Outcomes.NeverStarted(Work(leg)));
    }

    private async Task<IReadOnlyList<Leg>> TravelAsync(Leg leg)
    {
        progress.Started(Work(leg));
        context.SetCustomStatus(progress.Status());

        var (outcome, found) = await AttemptAsync(Work(leg));
        progress.Ended(outcome);
        if (cancelled.IsCompleted)
            progress.Phase = RunPhase.Cancelling;
        context.SetCustomStatus(progress.Status());
        if (!leg.Alone)
            return [];
        var others = After(leg with { Known = found ?? leg.Known });
        return outcome.HasBytes ? [.. others.Select(other => other with { Alone = false })] : [.. others.Take(1)];
    }

    /// <summary>The one catch: whatever an activity fails of is that image's outcome.</summary>
    private async Task<SyncResult> AttemptAsync(SyncWork work)
    {
        try
        {
            return await SyncAsync(work);
        }
        catch (TaskFailedException failed)
        {
            return new SyncResult(Outcomes.Failed(work, failed.FailureDetails), Found: null);
        }
    }

    /// <summary>An activity whose time budget is spent has kept its bytes: it is called again, a bounded number of times.</summary>
    private async Task<SyncResult> SyncAsync(SyncWork work)
    {
        ImageOutcome? outcome = null;
        Resolution? found = null;
        for (var round = 0; round < plan.Limits.MaxRounds && !(round > 0 && cancelled.IsCompleted); round++)
        {
            // One pass did not suffice the first time: from then on the bytes are made safe before Glance sees any.
            var now = await context.CallActivityAsync<SyncResult>(
                nameof(SyncActivities.SyncDistribution), work with { StagedFirst = work.StagedFirst || round > 0, Known = found ?? work.Known }, _retries);
            outcome = now.Outcome.After(outcome);
            found = now.Found ?? found;
            if (outcome.Kind != OutcomeKind.Unfinished)
                return new SyncResult(outcome, found);
        }

        return new SyncResult(NotDone(outcome!), found);
    }

    private ImageOutcome NotDone(ImageOutcome outcome) => outcome with
    {
        Kind = OutcomeKind.Failed,
        Failure = cancelled.IsCompleted ? FailureKind.Cancelled : FailureKind.TimeSpent,
        Reason = cancelled.IsCompleted
            ? "The run was cancelled; what has been downloaded is kept for the next one."
            : $"It was not done after {plan.Limits.MaxRounds} rounds of the activity budget; what has been downloaded is kept for the next run.",
    };

    private static IEnumerable<Leg> After(Leg leg) =>
        Enumerable.Range(leg.Place + 1, leg.Planned.Clouds.Count - leg.Place - 1).Select(place => leg with { Place = place });

    private SyncWork Work(Leg leg) =>
        new(leg.Planned.Distribution, leg.Planned.Clouds[leg.Place], plan.Run.Run, plan.Run.Request.Force, plan.Run.Request.DryRun, Known: leg.Known);

    /// <param name="Alone">The clouds after this one wait for it.</param>
    /// <param name="Known">What the clouds before it have learned of upstream.</param>
    private readonly record struct Leg(PlannedDistribution Planned, int Place, bool Alone, Resolution? Known);
}
