using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests;

/// <summary>What the workflow does when a run's report cannot be stored.</summary>
public sealed class LostReportTests(WorkflowEngine engine)
{
    private const string Refusal = "Writing reports/last.json failed: 403.";
    private const string Lost = "The run's report is not stored: " + Refusal;

    /// <summary>Which failure, what kind that is, what is said of it, and how often storing is tried.</summary>
    public static TheoryData<Exception, string, string, int> Failures => new()
    {
        { new StagingException(Refusal), "staging", Lost, 1 },
        { new StagingUnavailableException(Refusal), "staging-unavailable", Lost, 5 },
        { new InvalidOperationException("a bug"), "unforeseen",
            "The run's report is not stored: something unforeseen went wrong (System.InvalidOperationException: a bug).", 1 },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task The_run_ends_with_what_it_did_lets_the_next_one_start_and_is_told(Exception failure, string kind, string said, int tries)
    {
        var scenario = LosesItsReport(failure);
        scenario.Receivers = [0, 2];

        var summary = await scenario.RunAsync();

        var ends = string.Join(' ', Enumerable.Repeat("EndRun", tries + 1));
        Assert.Equal($"PlanRun SyncDistribution PruneSuperseded {ends} TellReceiver TellReceiver", scenario.Execution.Told);
        Assert.Equal((said, 1), (summary.Lost, summary.Outcomes[OutcomeKind.Published]));
        var end = scenario.Execution.Inputs<RunEnd>().Last();
        Assert.Equal((kind, said, 1), (end.Failure, end.Reason, end.Report!.Outcomes.Count));
        Assert.All(scenario.Execution.Inputs<Telling>(), telling => Assert.Null(telling.Unkept));
        var status = await scenario.Execution.StatusAsync();
        Assert.Equal((RunPhase.Ended, said), (status!.Phase, status.Lost));
        Assert.Equal($"Run {scenario.Run}: {said}", Assert.Single(ErrorsOf(scenario)));
    }

    [Fact]
    public async Task Where_the_store_takes_nothing_at_all_the_failure_goes_to_the_receivers_without_it()
    {
        var scenario = LosesItsReport(new StagingException(Refusal));
        (scenario.Receivers, scenario.IsUnkept) = ([1], true);

        await scenario.RunAsync();

        var unkept = Assert.Single(scenario.Execution.Inputs<Telling>()).Unkept!;
        Assert.Equal((scenario.Run, "staging", Lost), (unkept.Run.ToString(), unkept.Kind, unkept.Reason));
        Assert.Equal(scenario.Report.FinishedAt, unkept.At);
    }

    [Fact]
    public async Task What_cannot_even_be_ended_says_that_its_report_is_lost_all_the_same()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1)
        {
            Receivers = [0],
            End = _ => throw new StagingException(Refusal),
        };

        var summary = await scenario.RunAsync();

        Assert.Equal(Lost, summary.Lost);
        Assert.Equal("PlanRun SyncDistribution PruneSuperseded EndRun EndRun", scenario.Execution.Told);
        Assert.Single(ErrorsOf(scenario));
    }

    [Fact]
    public async Task What_is_left_undone_after_the_report_is_stored_is_a_warning_of_a_good_run()
    {
        var scenario = new Scenario(engine, distributions: 1, clouds: 1) { Left = "The lock may stay until it runs out." };

        var summary = await scenario.RunAsync();

        Assert.Null(summary.Lost);
        Assert.Equal("PlanRun SyncDistribution PruneSuperseded EndRun WarnInReport", scenario.Execution.Told);
        Assert.Equal(scenario.Left, Assert.Single(scenario.Execution.Inputs<RunWarning>()).Text);
    }

    private Scenario LosesItsReport(Exception failure) => new(engine, distributions: 1, clouds: 1)
    {
        End = end => end.Failure is null ? throw failure : Task.CompletedTask,
    };

    private IEnumerable<string> ErrorsOf(Scenario scenario) => engine.Log.Lines
        .Where(line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains($"Run {scenario.Run}", StringComparison.Ordinal))
        .Select(line => line[line.IndexOf("Run ", StringComparison.Ordinal)..].TrimEnd());
}
