using Imgsync.Core.Configuration;
using Imgsync.Core.Sync;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests;

public sealed class BudgetTests
{
    [Fact]
    public async Task An_image_whose_budget_is_spent_is_taken_up_again_and_its_work_adds_up()
    {
        var scenario = new Scenario(distributions: 1, clouds: 1);
        scenario.Sync = (work, call) => Task.FromResult(work.StagedFirst ? Scenario.Published(work) : Scenario.Unfinished(work));

        await scenario.RunAsync();

        var outcome = Assert.Single(scenario.Report.Outcomes);
        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        Assert.Equal(600, outcome.BytesDownloaded);
        Assert.Equal(40, outcome.Seconds[SyncStage.Transfer]);
    }

    [Fact]
    public async Task From_the_second_round_on_bytes_are_made_safe_first()
    {
        var scenario = new Scenario(distributions: 1, clouds: 1) { Sync = (work, _) => Task.FromResult(Scenario.Unfinished(work)) };

        await scenario.RunAsync();

        var rounds = scenario.Context.Inputs<SyncWork>(nameof(SyncActivities.SyncDistribution)).Select(work => work.StagedFirst).ToList();
        Assert.False(rounds[0]);
        Assert.All(rounds.Skip(1), Assert.True);
    }

    [Fact]
    public async Task An_image_that_never_gets_done_is_given_up_after_so_many_rounds()
    {
        var scenario = new Scenario(distributions: 1, clouds: 1) { Sync = (work, _) => Task.FromResult(Scenario.Unfinished(work)) };

        await scenario.RunAsync();

        Assert.Equal(Scenario.Limits.MaxRounds, scenario.Calls.Count(call => call.Name is nameof(SyncActivities.SyncDistribution)));
        var outcome = Assert.Single(scenario.Report.Outcomes);
        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Contains("5 rounds", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rounds_suffice_for_the_slowest_image_that_the_options_allow()
    {
        var limits = WorkflowLimits.Of(new ImgsyncOptions());

        Assert.Equal(30, limits.MaxRounds);
        Assert.Equal((4, 3, TimeSpan.FromSeconds(30)), (limits.MaxParallel, limits.Attempts, limits.FirstRetryAfter));
    }
}
