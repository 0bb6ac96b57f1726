using Imgsync.Core.Runs;
using Imgsync.Functions.Tests.Engine;

namespace Imgsync.Functions.Tests;

/// <summary>
/// The engine runs an orchestrator again from its start whenever something ends. One that then asks for anything else than the first time
/// fails the run (the engine compares), and one that does anything else than ask does it again each time.
/// </summary>
public sealed class ReplayTests(WorkflowEngine engine)
{
    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(20240717)]
    public async Task In_whatever_order_activities_end_every_image_is_synced_once(int seed)
    {
        var scenario = new Scenario(engine, distributions: 12, clouds: 3);
        var held = scenario.Hold();

        var run = await scenario.StartAsync();
        var ended = run.EndedAsync();
        await held.ReleaseAllAsync(ended, new Random(seed));
        var summary = await ended;

        Assert.Equal(36, summary.Outcomes[OutcomeKind.Published]);
        Assert.Equal(36, scenario.Tries.Select(work => (work.Distribution, work.Cloud)).Distinct().Count());
        Assert.Equal(39, run.Calls.Count);
    }

    [Fact]
    public async Task However_often_it_is_replayed_a_run_logs_its_start_and_its_end_once()
    {
        var scenario = new Scenario(engine, distributions: 12, clouds: 1, Scenario.Limits with { MaxParallel = 1 });

        await scenario.RunAsync();

        Assert.Single(engine.Log.Lines, line => line.Contains($"Run {scenario.Run} has started", StringComparison.Ordinal));
        Assert.Single(engine.Log.Lines, line => line.Contains($"Run {scenario.Run} has ended", StringComparison.Ordinal));
    }
}
