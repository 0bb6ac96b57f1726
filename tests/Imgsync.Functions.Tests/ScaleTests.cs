using System.Text;
using System.Text.Json;
using Imgsync.Core.Sync;
using Imgsync.Core.Upstream;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Tests;

public sealed class ScaleTests(ITestOutputHelper output)
{
    /// <summary>Durable Functions measures a custom status in UTF-16.</summary>
    private const int LargestStatus = 16 * 1024;

    /// <summary>Above this the engine keeps a payload in a blob of its own instead of a table row.</summary>
    private const int LargestInRow = 45 * 1024;

    /// <summary>Calls in one history, each of which the engine replays whenever another one ends.</summary>
    private const int LongestHistory = Batches.Images + 5;

    [Fact]
    public async Task A_thousand_distributions_in_five_clouds_stay_within_the_engines_limits()
    {
        var scenario = new Scenario(distributions: 1000, clouds: 5);

        var summary = await scenario.RunAsync();

        Assert.Equal(5000, summary.Outcomes[OutcomeKind.Published]);
        Assert.Equal(5000, scenario.Report.Outcomes.Count);
        Assert.All(scenario.Context.Statuses, status => Assert.InRange(Encoding.Unicode.GetByteCount(status), 1, LargestStatus));
        Assert.All(scenario.Context.Children.Prepend(scenario.Context), history => Assert.InRange(history.Calls.Count, 1, LongestHistory));
        Assert.All(scenario.Calls.Where(call => call.Name is nameof(SyncActivities.SyncDistribution) or nameof(BatchOrchestrator)), call =>
        {
            Assert.InRange(call.Json.Length, 1, LargestInRow);
            Assert.InRange(call.Output!.Length, 1, LargestInRow);
        });
        Print(scenario);
    }

    [Fact]
    public async Task Errors_as_long_as_a_book_stay_within_the_engines_limits()
    {
        var scenario = new Scenario(distributions: 20, clouds: 2) { Sync = (_, _) => throw new UpstreamException(new string('é', 100_000)) };

        await scenario.RunAsync();

        Assert.All(scenario.Report.Outcomes, outcome => Assert.InRange(Encoding.UTF8.GetByteCount(outcome.Reason), 2000, Outcomes.LongestReason));
        Assert.All(scenario.Context.Statuses, status => Assert.InRange(Encoding.Unicode.GetByteCount(status), 1, LargestStatus));
    }

    [Fact]
    public void The_status_says_how_many_distributions_it_had_no_room_for()
    {
        var names = Enumerable.Range(0, 1000).Select(number => new PlannedDistribution($"верылонг\"distribution{number}", ["cloud"])).ToList();

        var status = new RunProgress(new RunPlan("run", new RunRequest(), names)).Status();

        Assert.NotEmpty(status.Distributions);
        Assert.Equal(1000, status.Distributions.Count + status.Omitted);
        Assert.InRange(Encoding.Unicode.GetByteCount(JsonSerializer.Serialize(status)), 1, LargestStatus);
    }

    private void Print(Scenario scenario)
    {
        foreach (var group in scenario.Calls.GroupBy(call => call.Name, StringComparer.Ordinal))
        {
            output.WriteLine(
                $"{group.Key}: {group.Count()} calls, inputs up to {group.Max(call => call.Json.Length):n0} and {group.Sum(call => call.Json.Length):n0} in all, "
                + $"outputs up to {group.Max(call => call.Output!.Length):n0} and {group.Sum(call => call.Output!.Length):n0} in all (characters)");
        }

        output.WriteLine($"histories: {1 + scenario.Context.Children.Count}, up to {scenario.Context.Children.Max(child => child.Calls.Count)} calls");
        output.WriteLine($"custom status: {scenario.Context.Statuses.Count} times, up to {scenario.Context.Statuses.Max(Encoding.Unicode.GetByteCount):n0} bytes of UTF-16");
    }
}
