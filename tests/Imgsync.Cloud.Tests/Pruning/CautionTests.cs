using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;
using static Imgsync.Cloud.Tests.Pruning.PruneScenario;

namespace Imgsync.Cloud.Tests.Pruning;

/// <summary>When nothing is pruned, and what of dead runs goes all the same.</summary>
public sealed class CautionTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_goes_for_a_distribution_that_failed_in_this_run()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 2);
        await scenario.AgeAsync(First, Second);
        scenario.Prune(keep: 1);
        UpstreamTree.DamageImage(scenario.Tree.PublishDebian(DebianRelease.Bookworm, Third));

        var report = await scenario.SyncAsync("debian12");

        Assert.Equal(OutcomeKind.Failed, Assert.Single(report.Outcomes).Kind);
        Assert.Empty(report.Pruning.Actions);
        Assert.Equal($"{First} active, {Second} active", await scenario.StandAsync());
    }

    [Fact]
    public async Task Nothing_goes_while_an_operator_keeps_the_newest_deactivated()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 2);
        await scenario.AgeAsync(First, Second);
        using var glance = await cloud.ProbeAsync(Cancel);
        await glance.ActAsync((string)(await scenario.FindAsync(Second))["id"]!, "deactivate", Cancel);
        scenario.Prune(keep: 1);

        var report = await scenario.SyncAsync("debian12");

        Assert.Equal(OutcomeKind.UpToDate, Assert.Single(report.Outcomes).Kind);
        Assert.Equal($"{First} active, {Second} deactivated", await scenario.StandAsync());
    }

    [Fact]
    public async Task Nothing_goes_when_the_list_breaks_off_on_a_later_page()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 2);
        await scenario.AgeAsync(First, Second);
        scenario.Prune(keep: 1);
        await using var glance = new RequestGate(cloud.GlanceUrl);
        glance.CutAll("GET", @"^/v2/images\?.*os_hidden=true", Moment.MiddleOfAnswer(40));
        scenario.Options =
            scenario.Options with { Clouds = [scenario.Cloud with { ImageEndpoint = glance.Url, Timeout = TimeSpan.FromSeconds(2) }] };

        var report = await scenario.SyncAsync("debian12");

        // The newest is in place, so the older one would go by half a list.
        Assert.Equal(OutcomeKind.UpToDate, Assert.Single(report.Outcomes).Kind);
        Assert.False(report.IsGood);
        Assert.Contains("left out", Assert.Single(report.Pruning.Failures), StringComparison.Ordinal);
        Assert.Equal($"{First} active, {Second} active", await scenario.StandAsync());
    }

    [Fact]
    public async Task A_dead_runs_leftover_goes_and_a_live_runs_image_stays()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        await scenario.AgeAsync(First);
        using var glance = await scenario.ProbeAsync();
        var dead = await scenario.LeaveBehindAsync(glance, await scenario.InstallationAsync() + "/dead");
        var alive = await scenario.LeaveBehindAsync(glance, "another-installation/alive");

        await scenario.SyncAsync("debian12");

        Assert.Null(await glance.ShowAsync(dead, Cancel));
        Assert.NotNull(await glance.ShowAsync(alive, Cancel));
    }

    [Fact]
    public async Task Leftovers_go_even_where_superseded_images_are_left_alone()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 1, prune => prune with { Enabled = false });
        await scenario.AgeAsync(First, Second);
        using var glance = await scenario.ProbeAsync();
        await scenario.LeaveBehindAsync(glance, await scenario.InstallationAsync() + "/dead");

        await scenario.SyncAsync("debian12");

        Assert.Equal($"{First} active, {Second} active", await scenario.StandAsync());
    }

    [Theory]
    [InlineData(OrphanPolicy.Keep, $"{First} active, 20240717 active")]
    [InlineData(OrphanPolicy.Prune, "20240717 active")]
    public async Task Images_of_a_distribution_that_is_configured_no_more_stay_unless_told_otherwise(OrphanPolicy orphans, string stand)
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishUbuntu("noble", "20240717");
        await scenario.AgeAsync(First);
        scenario.Prune(keep: 2, prune => prune with { Orphans = orphans });
        scenario.Options = scenario.Options with { Distributions = ["ubuntu24"] };

        await scenario.SyncAsync();

        Assert.Equal(stand, await scenario.StandAsync());
    }

    [Fact]
    public async Task What_was_asked_for_by_name_is_no_orphan()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 2, prune => prune with { Orphans = OrphanPolicy.Prune });
        scenario.Options = scenario.Options with { Distributions = ["ubuntu24"] };

        await scenario.AgeAsync(First);

        Assert.Equal($"{First} active", await scenario.StandAsync());
    }
}
