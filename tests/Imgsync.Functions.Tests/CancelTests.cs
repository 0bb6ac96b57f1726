using Imgsync.Core.Sync;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests;

public sealed class CancelTests
{
    [Fact]
    public async Task A_cancelled_run_ends_what_is_at_work_starts_nothing_else_and_reports()
    {
        var scenario = new Scenario(distributions: 3, clouds: 2, Scenario.Limits with { MaxParallel = 1 });
        var held = scenario.Hold();

        var run = scenario.RunAsync();
        scenario.Context.Raise(RunCancellation.Event, scenario.Run);
        held.Release(0);
        var summary = await run;

        Assert.True(summary.Cancelled);
        Assert.Equal("PlanRun SyncDistribution StoreReport EndRun", string.Join(' ', scenario.Calls.Select(call => call.Name)));
        Assert.Equal(6, scenario.Report.Outcomes.Count);
        Assert.Equal(5, scenario.Report.Outcomes.Count(outcome => outcome.Reason.Contains("cancelled", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_cancelled_run_does_not_take_up_again_what_has_spent_its_budget()
    {
        var scenario = new Scenario(distributions: 1, clouds: 1);
        scenario.Sync = (work, _) =>
        {
            scenario.Context.Raise(RunCancellation.Event, scenario.Run);
            return Task.FromResult(Scenario.Unfinished(work));
        };

        await scenario.RunAsync();

        Assert.Equal(1, scenario.Calls.Count(call => call.Name is nameof(SyncActivities.SyncDistribution)));
        Assert.Contains("kept for the next one", Assert.Single(scenario.Report.Outcomes).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_was_meant_for_an_earlier_run_cancels_nothing()
    {
        var scenario = new Scenario(distributions: 2, clouds: 1, Scenario.Limits with { MaxParallel = 1 });
        var held = scenario.Hold();

        var run = scenario.RunAsync();
        scenario.Context.Raise(RunCancellation.Event, "20240101T000000Z-0000");
        held.Release(0);
        held.Release(0);
        var summary = await run;

        Assert.False(summary.Cancelled);
        Assert.Equal(2, summary.Outcomes[OutcomeKind.Published]);
    }

    [Fact]
    public async Task After_a_stale_event_the_run_can_still_be_cancelled()
    {
        var scenario = new Scenario(distributions: 2, clouds: 1, Scenario.Limits with { MaxParallel = 1 });
        var held = scenario.Hold();

        var run = scenario.RunAsync();
        scenario.Context.Raise(RunCancellation.Event, "20240101T000000Z-0000");
        scenario.Context.Raise(RunCancellation.Event, scenario.Run);
        held.Release(0);
        var summary = await run;

        Assert.True(summary.Cancelled);
        Assert.Contains(scenario.Context.Statuses, status => status.Contains(nameof(RunPhase.Cancelling), StringComparison.Ordinal));
    }
}
