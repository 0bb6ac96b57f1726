using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Functions.Workflow;
using Imgsync.Functions.Workflow.Batches;

namespace Imgsync.Functions.Tests;

/// <summary>A plan that is too long for one history.</summary>
public sealed class BatchTests(WorkflowEngine engine)
{
    [Fact]
    public async Task A_plan_that_one_history_can_hold_is_worked_through_in_one()
    {
        var scenario = new Scenario(engine, distributions: 50, clouds: 2);

        await scenario.RunAsync();

        Assert.All(scenario.Execution.Calls, call => Assert.Equal(scenario.Execution.Instance, call.History));
        Assert.Empty(scenario.Execution.Inputs<BatchOutcomes>());
    }

    [Fact]
    public async Task A_longer_one_is_cut_and_its_report_is_whole()
    {
        var scenario = new Scenario(engine, distributions: 90, clouds: 3);

        var summary = await scenario.RunAsync();

        Assert.Equal([1, 2, 3], scenario.Execution.Inputs<BatchOutcomes>().Select(batch => batch.Number).Order());
        Assert.Equal(["1", "2", "3"], Histories(scenario));
        Assert.Equal(270, summary.Outcomes[OutcomeKind.Published]);
        Assert.Equal(270, scenario.Report.Outcomes.Select(outcome => (outcome.Distribution, outcome.Cloud)).Distinct().Count());
        Assert.EndsWith("PruneSuperseded EndRun", scenario.Execution.Told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(10)]
    public async Task All_batches_together_have_as_many_activities_in_flight_as_one_history_would(int limit)
    {
        var scenario = new Scenario(engine, distributions: 90, clouds: 3, Scenario.Limits with { MaxParallel = limit });
        var held = scenario.Hold();

        await scenario.StartAsync();
        await held.AtWorkAsync(limit);
        await held.ReleaseAllAsync(scenario.Execution.EndedAsync(), new Random(1));

        Assert.Equal(270, scenario.Report.Outcomes.Count);
        Assert.Equal(limit, scenario.Execution.MostInFlight);
    }

    [Fact]
    public async Task The_last_activities_are_told_where_the_outcomes_are()
    {
        var scenario = new Scenario(engine, distributions: 90, clouds: 3);

        await scenario.RunAsync();

        var prune = Assert.Single(scenario.Execution.Inputs<PruneWork>());
        Assert.Empty(prune.Outcomes);
        Assert.Equal([1, 2, 3], prune.Batches.Order());
        Assert.Equal([1, 2, 3], Assert.Single(scenario.Execution.Inputs<RunEnd>()).Batches.Order());
    }

    [Fact]
    public async Task A_batch_that_fails_fails_its_own_images_and_no_others()
    {
        var scenario = new Scenario(engine, distributions: 35, clouds: 3) { KeepFails = true };

        var summary = await scenario.RunAsync();

        Assert.Equal(105, summary.Outcomes[OutcomeKind.Failed]);
        Assert.All(
            scenario.Report.Outcomes, outcome => Assert.Equal(("staging", "The container is gone."), (outcome.Failure, outcome.Reason)));
    }

    [Fact]
    public async Task A_cancelled_run_tells_its_batches_and_starts_no_other()
    {
        var scenario = new Scenario(engine, distributions: 90, clouds: 3, Scenario.Limits with { MaxParallel = 1 });
        var held = scenario.Hold();

        var run = await scenario.StartAsync();
        await held.AtWorkAsync(1);
        await run.CancelAsync();
        await run.StatusAsync(status => status.Phase is RunPhase.Cancelling);
        held.Release();
        var summary = await run.EndedAsync();

        Assert.True(summary.Cancelled);
        Assert.Equal(["1"], Histories(scenario));
        Assert.Equal(1, summary.Outcomes[OutcomeKind.Published]);
        Assert.Equal(269, scenario.Report.Outcomes.Count(outcome => outcome.Failure is FailureKind.Cancelled));
    }

    [Fact]
    public async Task The_status_counts_a_batch_when_it_has_ended()
    {
        var scenario = new Scenario(engine, distributions: 2, clouds: 60, Scenario.Limits with { MaxParallel = 1 });
        var held = new TaskCompletionSource();
        scenario.Sync = async work =>
        {
            if (work is { Distribution: "distribution0002", Cloud: "cloud1" })
                await held.Task;
            return work is { Distribution: "distribution0002", Cloud: "cloud7" } ? Scenario.Failed(work) : Scenario.Published(work);
        };

        var run = await scenario.StartAsync();
        var first = await run.StatusAsync(
            status => status.Done is 0 && status.Distributions["distribution0001"] is DistributionStage.AtWork);
        var second = await run.StatusAsync(
            status => status.Done is 60 && status.Distributions["distribution0002"] is DistributionStage.AtWork);
        held.SetResult();
        await run.EndedAsync();
        var last = await run.StatusAsync(status => status.Phase is RunPhase.Ended);

        Assert.Equal(DistributionStage.Waiting, first.Distributions["distribution0002"]);
        Assert.Equal(DistributionStage.Done, second.Distributions["distribution0001"]);
        Assert.Equal((120, DistributionStage.Failed), (last.Done, last.Distributions["distribution0002"]));
    }

    /// <summary>The batches' numbers, as their instances' ids have them.</summary>
    private static IEnumerable<string> Histories(Scenario scenario) => scenario.Execution.Calls
        .Where(call => call.Name is nameof(SyncActivities.SyncDistribution))
        .Select(call => call.History.Split(':')[1])
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);
}
