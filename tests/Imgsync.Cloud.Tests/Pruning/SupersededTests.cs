using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;
using static Imgsync.Cloud.Tests.Pruning.PruneScenario;

namespace Imgsync.Cloud.Tests.Pruning;

/// <summary>What becomes of superseded images in a real Glance.</summary>
[Long]
public sealed class SupersededTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_third_image_makes_the_first_one_go()
    {
        await using var scenario = await Scenario.StartAsync(cloud);

        var report = await scenario.AgeAsync(First, Second, Third);

        Assert.Equal($"{Second} active, {Third} active", await scenario.StandAsync());
        var pruned = Assert.Single(report.Pruning.Actions);
        Assert.Equal((ActionKind.Delete, ActionResult.Done), (pruned.Kind, pruned.Result));
        Assert.Contains($"[{First}]", pruned.ImageName, StringComparison.Ordinal);
        Assert.Contains(Second, pruned.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ActionKind.Rename)]
    [InlineData(ActionKind.MakeCommunity)]
    [InlineData(ActionKind.Hide)]
    [InlineData(ActionKind.Deactivate)]
    [InlineData(ActionKind.Delete)]
    public async Task Each_step_is_taken_once_and_seen_in_glance(ActionKind action)
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var now = TimeSpan.Zero;
        scenario.Prune(keep: 1, prune => action switch
        {
            ActionKind.Rename => prune with { DeleteAfter = null, RenameAfter = now },
            ActionKind.MakeCommunity => prune with { DeleteAfter = null, CommunityAfter = now },
            ActionKind.Hide => prune with { DeleteAfter = null, HideAfter = now },
            ActionKind.Deactivate => prune with { DeleteAfter = null, DeactivateAfter = now },
            _ => prune,
        });

        await scenario.AgeAsync(First, Second);
        var again = await scenario.SyncAsync("debian12");

        Assert.Empty(again.Pruning.Actions);
        var names = string.Join(", ", (await scenario.ImagesAsync()).Select(image => (string?)image["name"]));
        Assert.Equal(
            action switch
            {
                ActionKind.MakeCommunity => "community, public",
                ActionKind.Delete => "public",
                _ => "public, public",
            },
            string.Join(", ", (await scenario.ImagesAsync()).Select(image => (string?)image["visibility"]).Order(StringComparer.Ordinal)));
        Assert.Equal(action is ActionKind.Rename, names.Contains($"Debian 12 [{First}] (superseded {Second})", StringComparison.Ordinal));
        Assert.Equal(
            action switch
            {
                ActionKind.Hide => $"{First} hidden, {Second} active",
                ActionKind.Deactivate => $"{First} deactivated, {Second} active",
                ActionKind.Delete => $"{Second} active",
                _ => $"{First} active, {Second} active",
            },
            await scenario.StandAsync());
    }

    [Fact]
    public async Task An_image_that_an_operator_has_protected_is_left_as_it_is_and_deleted_once_it_is_free()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 1);
        await scenario.AgeAsync(First);
        using var glance = await scenario.ProbeAsync();
        var old = (string)(await scenario.FindAsync(First))["id"]!;
        await glance.SetAsync(old, "protected", true, Cancel);

        var left = await scenario.AgeAsync(Second);

        var pruned = Assert.Single(left.Pruning.Actions);
        Assert.Equal((ActionKind.Leave, ActionResult.Left), (pruned.Kind, pruned.Result));
        Assert.Equal($"{Second} took its place, but it was protected by hand", pruned.Reason);
        Assert.Equal($"{First} active, {Second} active", await scenario.StandAsync());

        await glance.SetAsync(old, "protected", false, Cancel);
        await scenario.SyncAsync("debian12");
        Assert.Equal($"{Second} active", await scenario.StandAsync());
    }

    [Fact]
    public async Task One_image_that_is_left_does_not_keep_the_others()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 3);
        await scenario.AgeAsync(First, Second, Third);
        using var glance = await scenario.ProbeAsync();
        await glance.SetAsync((string)(await scenario.FindAsync(First))["id"]!, "protected", true, Cancel);
        scenario.Prune(keep: 1);

        var report = await scenario.SyncAsync("debian12");

        Assert.Equal([ActionResult.Left, ActionResult.Done], report.Pruning.Actions.Select(pruned => pruned.Result));
        Assert.Equal($"{First} active, {Third} active", await scenario.StandAsync());
    }

    [Fact]
    public async Task A_dry_run_shows_its_plan_and_touches_nothing()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 3);
        await scenario.AgeAsync(First, Second, Third);
        scenario.Prune(keep: 1, prune => prune with { MaxPrune = 1 });

        var report = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DryRun = true });

        Assert.Equal([ActionResult.Planned, ActionResult.Postponed], report.Pruning.Actions.Select(pruned => pruned.Result));
        Assert.Equal($"{First} active, {Second} active, {Third} active", await scenario.StandAsync());
    }

    [Fact]
    public async Task No_more_than_maxPrune_go_in_one_run_and_the_next_goes_on()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 3);
        await scenario.AgeAsync(First, Second, Third);
        scenario.Prune(keep: 1, prune => prune with { MaxPrune = 1 });

        var report = await scenario.SyncAsync("debian12");

        Assert.Equal([ActionResult.Done, ActionResult.Postponed], report.Pruning.Actions.Select(pruned => pruned.Result));
        Assert.Equal($"{Second} active, {Third} active", await scenario.StandAsync());
        await scenario.SyncAsync("debian12");
        Assert.Equal($"{Third} active", await scenario.StandAsync());
    }

    [Fact]
    public async Task A_run_that_is_cancelled_while_it_cleans_up_says_so_and_the_next_one_goes_on()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 3);
        await scenario.AgeAsync(First, Second, Third);
        scenario.Prune(keep: 1);
        await using var glance = new RequestGate(cloud.GlanceUrl);
        var deletion = glance.Hold("DELETE", "/v2/images/", Moment.BeforeRequest);
        scenario.Options = scenario.Options with { Clouds = [scenario.Cloud with { ImageEndpoint = glance.Url }] };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var run = scenario.SyncAsync(new RunRequest { Distributions = ["debian12"] }, cancellationToken: stop.Token);
        await deletion.Reached;
        await stop.CancelAsync();
        var stopped = await run;

        Assert.Equal((true, false), (stopped.Cancelled, stopped.IsGood));
        Assert.Equal(OutcomeKind.UpToDate, Assert.Single(stopped.Outcomes).Kind);
        Assert.Empty(stopped.Pruning.Actions);
        Assert.Equal(
            "The run was cancelled while it cleaned up; the next one goes on with it.", Assert.Single(stopped.Pruning.Failures));
        Assert.Equal($"{First} active, {Second} active, {Third} active", await scenario.StandAsync());

        var next = await scenario.SyncAsync("debian12");

        Assert.True(next.IsGood);
        Assert.Equal([ActionResult.Done, ActionResult.Done], next.Pruning.Actions.Select(pruned => pruned.Result));
        Assert.Equal($"{Third} active", await scenario.StandAsync());
    }

    [Fact]
    public async Task How_many_stay_may_differ_by_cloud_and_by_distribution()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 9);
        scenario.Options = scenario.Options with
        {
            Clouds = [scenario.Cloud with { Publish = new() { Keep = 1 } }],
            Overrides = new Dictionary<string, Core.Configuration.DistributionOverrides>(StringComparer.OrdinalIgnoreCase)
            {
                ["ubuntu24"] = new() { Publish = new() { Keep = 2 } },
            },
        };

        foreach (var (debian, ubuntu) in ((string, string)[])[(First, "20240701"), (Second, "20240708"), (Third, "20240717")])
        {
            scenario.Tree.PublishDebian(DebianRelease.Bookworm, debian);
            scenario.Tree.PublishUbuntu("noble", ubuntu);
            await scenario.SyncAsync("debian12", "ubuntu24");
        }

        Assert.Equal($"20240708 active, 20240717 active, {Third} active", await scenario.StandAsync());
    }

    [Fact]
    public async Task An_image_of_the_older_tool_goes_only_when_it_was_adopted()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        using var glance = await scenario.ProbeAsync();
        var old = await glance.CreateAsync(
            new()
            {
                ["name"] = scenario.Options.Publish.Prefix + "Debian 12 [20240601]",
                ["disk_format"] = "qcow2",
                ["container_format"] = "bare",
                ["source"] = "imgsync",
                ["imgsync.sha512"] = new string('0', 128),
            },
            Cancel);
        await glance.UploadAsync(old, new byte[1000], Cancel);
        scenario.Prune(keep: 1);

        await scenario.AgeAsync(First);
        Assert.NotNull(await glance.ShowAsync(old, Cancel));

        scenario.Prune(keep: 1, prune => prune with { AdoptLegacy = true });
        await scenario.SyncAsync("debian12");
        Assert.Null(await glance.ShowAsync(old, Cancel));
        Assert.Equal($"{First} active", await scenario.StandAsync());
    }

    [Fact]
    public async Task The_stable_name_moves_to_the_newest_and_its_predecessor_gets_its_own_name_back()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { LatestName = "{prefix}{title}" } };
        var prefix = scenario.Options.Publish.Prefix;

        await scenario.AgeAsync(First);
        Assert.Equal($"{prefix}Debian 12", (string?)(await scenario.FindAsync(First))["name"]);

        await scenario.AgeAsync(Second);
        Assert.Equal($"{prefix}Debian 12", (string?)(await scenario.FindAsync(Second))["name"]);
        Assert.Equal($"{prefix}Debian 12 [{First}]", (string?)(await scenario.FindAsync(First))["name"]);

        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { LatestName = null } };
        await scenario.SyncAsync("debian12");
        Assert.Equal($"{prefix}Debian 12 [{Second}]", (string?)(await scenario.FindAsync(Second))["name"]);
    }

    [Fact]
    public async Task The_stable_name_stays_where_it_is_while_the_newer_image_fails()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { LatestName = "{prefix}{title}" } };
        await scenario.AgeAsync(First);
        UpstreamTree.DamageImage(scenario.Tree.PublishDebian(DebianRelease.Bookworm, Second));

        await scenario.SyncAsync("debian12");

        var image = Assert.Single(await scenario.ImagesAsync());
        Assert.Equal(scenario.Options.Publish.Prefix + "Debian 12", (string?)image["name"]);
    }
}
