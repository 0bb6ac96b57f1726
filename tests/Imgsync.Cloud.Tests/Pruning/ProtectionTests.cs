using Imgsync.Core.Runs;
using static Imgsync.Cloud.Tests.Pruning.PruneScenario;

namespace Imgsync.Cloud.Tests.Pruning;

public sealed class ProtectionTests(DevCloud cloud)
{
    [Fact]
    public async Task The_newest_is_protected_and_a_superseded_one_is_freed_before_it_is_deleted()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 1);
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { Protected = true } };
        await scenario.AgeAsync(First);
        var first = (bool)(await scenario.FindAsync(First))["protected"]!;

        var report = await scenario.AgeAsync(Second);

        var pruned = Assert.Single(report.Pruning.Actions);
        Assert.Equal((ActionKind.Delete, ActionResult.Done), (pruned.Kind, pruned.Result));
        Assert.Equal($"{Second} active", await scenario.StandAsync());
        Assert.Equal((true, true), (first, (bool)(await scenario.FindAsync(Second))["protected"]!));
    }
}
