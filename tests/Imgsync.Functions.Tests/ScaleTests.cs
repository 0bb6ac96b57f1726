using System.Text;
using System.Text.Json;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Functions.Workflow;
using Imgsync.Functions.Workflow.Batches;

namespace Imgsync.Functions.Tests;

/// <summary>What crosses the engine stays within its limits. bench/hosted.sh goes on from here, to twenty thousand images.</summary>
public sealed class ScaleTests(WorkflowEngine engine)
{
    /// <summary>Durable Functions measures a custom status in UTF-16.</summary>
    private const int LargestStatus = 16 * 1024;

    /// <summary>Above this the engine keeps a payload in a blob of its own instead of a table row.</summary>
    private const int LargestInRow = 45 * 1024;

    /// <summary>Activities in one history, each of which the engine replays whenever another one ends.</summary>
    private const int LongestHistory = PlanBatches.Images + 5;

    [Fact]
    public async Task Two_hundred_distributions_in_three_clouds_stay_within_the_engines_limits()
    {
        var scenario = new Scenario(engine, distributions: 200, clouds: 3, Scenario.Limits with { MaxParallel = 32 });

        var summary = await scenario.RunAsync();

        Assert.Equal(600, summary.Outcomes[OutcomeKind.Published]);
        Assert.Equal(600, scenario.Report.Outcomes.Count);
        Assert.InRange(Encoding.Unicode.GetByteCount(JsonSerializer.Serialize(await scenario.Execution.StatusAsync())), 1, LargestStatus);
        Assert.All(scenario.Execution.Calls.GroupBy(call => call.History), history => Assert.InRange(history.Count(), 1, LongestHistory));
        Assert.All(scenario.Execution.Calls.Where(call => call.Name is nameof(SyncActivities.SyncDistribution)), call =>
        {
            Assert.InRange(call.Json.Length, 1, LargestInRow);
            Assert.InRange(call.Output!.Length, 1, LargestInRow);
        });
    }

    [Fact]
    public async Task Errors_as_long_as_a_book_stay_within_the_engines_limits()
    {
        var scenario = new Scenario(
            engine, distributions: 20, clouds: 2)
        { Sync = _ => throw new UpstreamException(new string('é', 100_000)) };

        await scenario.RunAsync();

        Assert.All(
            scenario.Report.Outcomes, outcome => Assert.InRange(Encoding.UTF8.GetByteCount(outcome.Reason), 2000, Outcomes.LongestReason));
    }

    [Fact]
    public void The_status_says_how_many_distributions_it_had_no_room_for()
    {
        var names = Enumerable.Range(0, 1000).Select(
            number => new PlannedDistribution($"верылонг\"distribution{number}", [$"clöud{number}"])).ToList();
        RunStatus? status = null;
        var progress = new RunProgress(new RunPlan(RunId.Parse("run"), new RunRequest(), names), now => status = now);

        foreach (var planned in names.Take(200))
            progress.Started(new SyncWork(planned.Distribution, planned.Clouds[0], RunId.Parse("run")));

        Assert.NotEmpty(status!.Distributions);
        Assert.InRange(status.InFlight.Count, 10, 199);
        Assert.Equal(1000, status.Distributions.Count + status.Omitted);
        Assert.InRange(Encoding.Unicode.GetByteCount(JsonSerializer.Serialize(status)), 1, LargestStatus);
    }
}
