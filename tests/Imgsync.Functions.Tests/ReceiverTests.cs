using Imgsync.Core;
using Imgsync.Core.Notify;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests;

/// <summary>What the workflow does for those who are to be told of a run.</summary>
public sealed class ReceiverTests(WorkflowEngine engine)
{
    [Fact]
    public async Task Each_receiver_is_told_by_an_activity_of_its_own_after_the_report_is_stored()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1) { Receivers = [0, 2] };

        await scenario.RunAsync();

        Assert.Equal("PlanRun SyncDistribution PruneSuperseded EndRun TellReceiver TellReceiver", scenario.Execution.Told);
        Assert.Equal([0, 2], scenario.Execution.Inputs<Telling>().Select(telling => telling.Receiver).Order());
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_is_tried_again_alone_and_ends_as_a_warning_of_a_good_run()
    {
        const string Failure = "Cannot tell notify[1] (slack at hooks.example): it answered 503 ServiceUnavailable.";
        var scenario = new Scenario(engine, distributions: 1, clouds: 1)
        {
            Receivers = [0, 1],
            Tell = telling => telling.Receiver == 1 ? throw new ReceiverUnavailableException(Failure, null) : Task.CompletedTask,
        };

        var summary = await scenario.RunAsync();

        Assert.Equal((1, false), (summary.Outcomes[OutcomeKind.Published], summary.Cancelled));
        Assert.Equal([0, 1, 1, 1], scenario.Execution.Inputs<Telling>().Select(telling => telling.Receiver).Order());
        Assert.Equal(Failure, Assert.Single(scenario.Execution.Inputs<RunWarning>()).Text);
        Assert.Contains(engine.Log.Lines, line => line.Contains($"Run {scenario.Run}: {Failure}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_cannot_be_planned_is_told_too_and_still_fails()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1)
        {
            Plan = () => throw new ConfigurationException("Cloud north is not configured."),
            Receivers = [1],
        };

        await Assert.ThrowsAsync<FailedRunException>(scenario.RunAsync);

        Assert.Equal("PlanRun EndRun TellReceiver", scenario.Execution.Told);
        var end = Assert.Single(scenario.Execution.Inputs<RunEnd>());
        Assert.Equal(("configuration", "Cloud north is not configured."), (end.Failure, end.Reason));
    }

    [Fact]
    public async Task A_receiver_that_refuses_is_asked_once_and_a_warning_that_cannot_be_stored_fails_no_run()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1)
        {
            Receivers = [0],
            Tell = _ => throw new ReceiverRefusedException("Cannot tell notify[0].", null),
            Warn = _ => throw new StagingException("The container is gone."),
        };

        var summary = await scenario.RunAsync();

        Assert.Equal(1, summary.Outcomes[OutcomeKind.Published]);
        Assert.Single(scenario.Execution.Inputs<Telling>());
    }
}
