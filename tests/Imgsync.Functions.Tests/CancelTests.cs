using System.Diagnostics;
using Imgsync.Core.Runs;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests;

public sealed class CancelTests(WorkflowEngine engine)
{
    [Fact]
    public async Task A_cancelled_run_ends_what_is_at_work_starts_nothing_else_and_reports()
    {
        var scenario = new Scenario(engine, distributions: 3, clouds: 2, Scenario.Limits with { MaxParallel = 1 });
        var held = scenario.Hold();

        var run = await scenario.StartAsync();
        await held.AtWorkAsync(1);
        await CancelAsync(run);
        held.Release();
        var summary = await run.EndedAsync();

        Assert.True(summary.Cancelled);
        Assert.Equal("PlanRun SyncDistribution EndRun", run.Told);
        Assert.Equal(6, scenario.Report.Outcomes.Count);
        Assert.Equal(5, scenario.Report.Outcomes.Count(outcome => outcome.Reason.Contains("cancelled", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_cancelled_run_does_not_take_up_again_what_has_spent_its_budget()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1);
        scenario.Sync = async work =>
        {
            await CancelAsync(scenario.Execution);
            return Scenario.Unfinished(work);
        };

        await scenario.RunAsync();

        Assert.Single(scenario.Tries);
        Assert.Contains("the next run goes on from there", Assert.Single(scenario.Report.Outcomes).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_does_not_wait_for_the_next_try()
    {
        var scenario = new Scenario(
            engine, distributions: 1, clouds: 1, Scenario.Limits with { FirstRetryAfter = TimeSpan.FromMinutes(10) })
        {
            MayPass = true,
            Sync = work => Task.FromResult(Scenario.Failed(work)),
        };
        var started = Stopwatch.GetTimestamp();

        var run = await scenario.StartAsync();
        await run.BegunAsync(call => call.Name is nameof(SyncActivities.SyncDistribution));
        await run.CancelAsync();
        await run.EndedAsync();

        Assert.Single(scenario.Tries);
        Assert.Equal("Glance answered 503.", Assert.Single(scenario.Report.Outcomes).Reason);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task The_status_says_at_once_that_a_run_is_being_cancelled()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1);
        var held = scenario.Hold();

        var run = await scenario.StartAsync();
        await held.AtWorkAsync(1);
        await run.CancelAsync();
        var status = await run.StatusAsync(status => status.Phase is RunPhase.Cancelling);
        held.Release();
        await run.EndedAsync();

        Assert.Equal(0, status.Done);
    }

    [Fact]
    public async Task An_event_that_was_meant_for_an_earlier_run_cancels_nothing()
    {
        var scenario = new Scenario(engine, distributions: 2, clouds: 1, Scenario.Limits with { MaxParallel = 1 });
        var held = scenario.Hold();

        var run = await scenario.StartAsync();
        await held.AtWorkAsync(1);
        await run.CancelAsync(forRun: "20240101T000000Z-0000");
        held.Release();
        await held.AtWorkAsync(1);
        held.Release();
        var summary = await run.EndedAsync();

        Assert.False(summary.Cancelled);
        Assert.Equal(2, summary.Outcomes[OutcomeKind.Published]);
    }

    [Fact]
    public async Task After_a_stale_event_the_run_can_still_be_cancelled()
    {
        var scenario = new Scenario(engine, distributions: 2, clouds: 1, Scenario.Limits with { MaxParallel = 1 });
        var held = scenario.Hold();

        var run = await scenario.StartAsync();
        await held.AtWorkAsync(1);
        await run.CancelAsync(forRun: "20240101T000000Z-0000");
        await CancelAsync(run);
        held.Release();
        var summary = await run.EndedAsync();

        Assert.True(summary.Cancelled);
    }

    private static async Task CancelAsync(EngineRun run)
    {
        await run.CancelAsync();
        await run.StatusAsync(status => status.Phase is RunPhase.Cancelling);
    }
}
