using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>Distributions that their operator keeps at one revision, or at what stands.</summary>
public sealed class PinnedTests(DevCloud cloud)
{
    [Fact]
    public async Task One_revision_is_published_and_stays_whatever_is_newer_until_the_pin_goes()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240701-1800");
        scenario.Tree.PublishUbuntu("noble", "20240601");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        scenario.Tree.PublishUbuntu("noble", "20240605.1");
        Override(scenario, "20240701-1800", "20240601");

        var pinned = await scenario.SyncAsync("debian12", "ubuntu24");
        var again = await scenario.SyncAsync("debian12", "ubuntu24");
        Override(scenario, debian: null, ubuntu: null);
        var newest = await scenario.SyncAsync("debian12", "ubuntu24");
        Override(scenario, "20240701-1800", "20240601");
        var back = await scenario.SyncAsync("debian12", "ubuntu24");

        Assert.Equal(["Published 20240701-1800", "Published 20240601"], Said(pinned));
        Assert.Equal(["UpToDate 20240701-1800", "UpToDate 20240601"], Said(again));
        Assert.Equal(["Published 20240717-1811", "Published 20240605.1"], Said(newest));
        Assert.Equal(["UpToDate 20240701-1800", "UpToDate 20240601"], Said(back));
    }

    [Fact]
    public async Task What_is_held_is_published_once_and_then_stays_and_a_pin_that_is_none_is_told()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240701-1800");
        scenario.Options = scenario.Options with { Overrides = Of(("debian12", new DistributionOverrides { Hold = true })) };

        var first = await scenario.SyncAsync("debian12");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        var held = await scenario.SyncAsync("debian12");
        scenario.Options = scenario.Options with { Overrides = Of(("debian12", new DistributionOverrides { Revision = "20231231-1" })) };
        var wrong = await scenario.SyncAsync("debian12");

        Assert.Equal(["Published 20240701-1800"], Said(first));
        Assert.Equal(["UpToDate 20240701-1800"], Said(held));
        Assert.EndsWith("[20240701-1800] is held; the publisher offers 20240717-1811", Assert.Single(held.Outcomes).Reason, StringComparison.Ordinal);
        Assert.Contains("/bookworm/20231231-1/SHA512SUMS answered 404", Assert.Single(wrong.Outcomes).Reason, StringComparison.Ordinal);
        Assert.Single(await scenario.ImagesAsync());
    }

    private static void Override(Scenario scenario, string? debian, string? ubuntu) => scenario.Options = scenario.Options with
    {
        Overrides = Of(
            ("debian12", new DistributionOverrides { Revision = debian }), ("ubuntu24", new DistributionOverrides { Revision = ubuntu })),
    };

    private static Dictionary<string, DistributionOverrides> Of(params (string Key, DistributionOverrides Overrides)[] entries) =>
        entries.ToDictionary(entry => entry.Key, entry => entry.Overrides, StringComparer.Ordinal);

    private static IEnumerable<string> Said(SyncReport report) => report.Outcomes.Select(outcome => $"{outcome.Kind} {outcome.Revision}");
}
