using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Functions.Tests.Engine;

namespace Imgsync.Functions.Tests;

public sealed class BudgetTests(WorkflowEngine engine)
{
    [Fact]
    public async Task An_image_whose_budget_is_spent_is_taken_up_again_and_its_work_adds_up()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1)
        {
            Sync = work => Task.FromResult(work.StagedFirst ? Scenario.Published(work) : Scenario.Unfinished(work)),
        };

        await scenario.RunAsync();

        var outcome = Assert.Single(scenario.Report.Outcomes);
        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        Assert.Equal((600, 600), (outcome.BytesDownloaded, outcome.BytesUploaded));
        Assert.Equal(40, outcome.Seconds[SyncStage.Transfer]);
    }

    [Fact]
    public async Task From_the_second_round_on_bytes_are_made_safe_first()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1) { Sync = work => Task.FromResult(Scenario.Unfinished(work)) };

        await scenario.RunAsync();

        Assert.Equal([false, true, true, true, true], scenario.Tries.Select(work => work.StagedFirst));
    }

    [Fact]
    public async Task Each_round_is_told_what_the_earlier_ones_have_brought()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1) { Sync = work => Task.FromResult(Scenario.Unfinished(work)) };

        await scenario.RunAsync();

        Assert.Equal([0, 300, 600, 900, 1200], scenario.Tries.Select(work => work.Downloaded));
    }

    [Fact]
    public async Task An_image_that_never_gets_done_is_given_up_after_so_many_rounds()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1) { Sync = work => Task.FromResult(Scenario.Unfinished(work)) };

        await scenario.RunAsync();

        Assert.Equal(Scenario.Limits.MaxRounds, scenario.Tries.Count);
        var outcome = Assert.Single(scenario.Report.Outcomes);
        Assert.Equal((OutcomeKind.Failed, "time-spent", 1500), (outcome.Kind, outcome.Failure, outcome.BytesDownloaded));
        Assert.Contains("5 rounds", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_round_that_brought_bytes_has_all_its_tries_again()
    {
        var tries = 0;
        var scenario = new Scenario(engine, distributions: 1, clouds: 1)
        {
            MayPass = true,
            Sync = work => Task.FromResult((++tries % 3) switch { 0 => Scenario.Unfinished(work), _ => Scenario.Failed(work) }),
        };

        await scenario.RunAsync();

        Assert.Equal(3 * Scenario.Limits.MaxRounds, tries);
        Assert.Equal("time-spent", Assert.Single(scenario.Report.Outcomes).Failure);
    }

    [Fact]
    public void The_rounds_suffice_for_the_slowest_image_that_the_options_allow()
    {
        var limits = SyncLimits.Of(new ImgsyncOptions());

        Assert.Equal(30, limits.MaxRounds);
        Assert.Equal((4, 3, TimeSpan.FromSeconds(30)), (limits.MaxParallel, limits.Attempts, limits.FirstRetryAfter));
    }
}
