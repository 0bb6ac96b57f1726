using Imgsync.Core.Sync;
using Imgsync.Core.Telemetry;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests;

/// <summary>A plan that is too long for one history.</summary>
public sealed class BatchTests
{
    [Fact]
    public async Task A_plan_that_one_history_can_hold_is_worked_through_in_one()
    {
        var scenario = new Scenario(distributions: 50, clouds: 2);

        await scenario.RunAsync();

        Assert.Empty(scenario.Context.Children);
        Assert.DoesNotContain(scenario.Calls, call => call.Name is nameof(SyncActivities.StoreOutcomes));
    }

    [Fact]
    public async Task A_longer_one_is_cut_and_its_report_is_whole()
    {
        var scenario = new Scenario(distributions: 90, clouds: 3);

        var summary = await scenario.RunAsync();

        Assert.Equal(["imgsync:1", "imgsync:2", "imgsync:3"], scenario.Context.Children.Select(child => child.InstanceId));
        Assert.Equal(270, summary.Outcomes[OutcomeKind.Published]);
        Assert.Equal(270, scenario.Report.Outcomes.Select(outcome => (outcome.Distribution, outcome.Cloud)).Distinct().Count());
        Assert.Equal("PruneSuperseded StoreReport EndRun", string.Join(' ', scenario.Context.Calls.TakeLast(3).Select(call => call.Name)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(10)]
    public async Task All_batches_together_have_as_many_activities_in_flight_as_one_history_would(int limit)
    {
        var scenario = new Scenario(distributions: 90, clouds: 3, Scenario.Limits with { MaxParallel = limit });
        var held = scenario.Hold();

        var run = scenario.RunAsync();
        while (!run.IsCompleted)
            held.Release(0);
        await run;

        Assert.Equal(limit, scenario.Context.MostInFlight);
    }

    [Fact]
    public async Task The_last_activities_are_told_where_the_outcomes_are()
    {
        var scenario = new Scenario(distributions: 90, clouds: 3);

        await scenario.RunAsync();

        var prune = Assert.Single(scenario.Context.Inputs<PruneWork>(nameof(SyncActivities.PruneSuperseded)));
        Assert.Empty(prune.Outcomes);
        Assert.Equal([1, 2, 3], prune.Batches.Order());
    }

    [Fact]
    public async Task A_batch_that_fails_fails_its_own_images_and_no_others()
    {
        var scenario = new Scenario(distributions: 90, clouds: 3) { KeepFails = true };

        var summary = await scenario.RunAsync();

        Assert.Equal(270, summary.Outcomes[OutcomeKind.Failed]);
        Assert.All(scenario.Report.Outcomes, outcome => Assert.Equal(("staging", "The container is gone."), (outcome.Failure, outcome.Reason)));
    }

    [Fact]
    public async Task A_cancelled_run_tells_its_batches_and_starts_no_other()
    {
        var scenario = new Scenario(distributions: 90, clouds: 3, Scenario.Limits with { MaxParallel = 1 });
        var held = scenario.Hold();

        var run = scenario.RunAsync();
        scenario.Context.Raise(RunCancellation.Event, scenario.Run);
        held.Release(0);
        var summary = await run;

        Assert.True(summary.Cancelled);
        Assert.Single(scenario.Context.Children);
        Assert.Equal(1, summary.Outcomes[OutcomeKind.Published]);
        Assert.Equal(269, scenario.Report.Outcomes.Count(outcome => outcome.Failure is FailureKind.Cancelled));
    }

    [Fact]
    public async Task The_status_counts_a_batch_when_it_has_ended()
    {
        var scenario = new Scenario(distributions: 2, clouds: 60, Scenario.Limits with { MaxParallel = 1 });
        scenario.Sync = (work, _) => Task.FromResult(
            Scenario.Published(work) with { Kind = work is { Distribution: "distribution0002", Cloud: "cloud7" } ? OutcomeKind.Failed : OutcomeKind.Published });

        await scenario.RunAsync();

        var told = scenario.Context.Statuses.Select(status => System.Text.Json.JsonSerializer.Deserialize<RunStatus>(status)!).ToList();
        Assert.Contains(told, status => status.Done is 0 && status.Distributions["distribution0001"] is DistributionStage.AtWork);
        Assert.Contains(told, status => status.Done is 60 && status.Distributions["distribution0001"] is DistributionStage.Done);
        Assert.Equal((120, DistributionStage.Failed), (told[^1].Done, told[^1].Distributions["distribution0002"]));
    }
}
