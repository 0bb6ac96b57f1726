using Imgsync.Cloud.Tests.Pruning;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;
using static Imgsync.Cloud.Tests.Pruning.PruneScenario;

namespace Imgsync.Cloud.Tests.Planning;

/// <summary>What is decided, in a real Glance: each time a dry run first, and then the run itself, which does that and nothing else.</summary>
public sealed class DecisionTests(DevCloud cloud)
{
    private static readonly RunRequest One = new() { Distributions = ["debian12"] };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, $"{Second} active")]
    [InlineData(2, $"{First} active, {Second} active")]
    public async Task A_new_revision_is_published_and_what_it_supersedes_goes(int keep, string stand)
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep);
        await scenario.AgeAsync(First);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Second);

        var report = await PlanAndSyncAsync(scenario, One);

        Assert.Equal(OutcomeKind.Published, report.Outcomes[0].Kind);
        Assert.Equal(2 - keep, report.Pruning.Actions.Count);
        Assert.Equal(stand, await scenario.StandAsync());
    }

    [Fact]
    public async Task A_private_image_of_another_distribution_is_not_made_public_by_equal_content()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var content = new Qcow2Builder { Seed = 7 };
        var everybody = scenario.Options.Publish;
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, First, content: content);
        scenario.Options = scenario.Options with { Publish = everybody with { Visibility = ImageVisibility.Private } };
        await scenario.SyncAsync(One);
        scenario.Tree.PublishDebian(DebianRelease.Trixie, First, content: content);
        scenario.Options = scenario.Options with { Publish = everybody };

        var report = await PlanAndSyncAsync(scenario, new RunRequest { Distributions = ["debian13"] });

        Assert.Equal(OutcomeKind.Published, report.Outcomes[0].Kind);
        var images = await scenario.ImagesAsync();
        Assert.Equal(
            ["debian12 private", "debian13 public"],
            images.Select(image => $"{image["imgsync.distribution"]} {image["visibility"]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_distributions_with_one_file_each_have_their_image_and_stay_in_peace()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 1);
        var content = new Qcow2Builder { Seed = 8 };
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, First, content: content);
        scenario.Tree.PublishDebian(DebianRelease.Trixie, First, content: content);
        var both = new RunRequest { Distributions = ["debian12", "debian13"] };

        await scenario.SyncAsync(both);
        var again = await PlanAndSyncAsync(scenario, both);

        Assert.Equal([OutcomeKind.UpToDate, OutcomeKind.UpToDate], again.Outcomes.Select(outcome => outcome.Kind));
        Assert.Equal(2, (await scenario.ImagesAsync()).Count);
    }

    [Fact]
    public async Task A_publisher_that_goes_back_is_refused_until_the_operator_lets_it_through()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 1);
        await scenario.AgeAsync(First, Second);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, First);

        var refused = await PlanAndSyncAsync(scenario, One);

        Assert.Equal((OutcomeKind.Refused, false), (refused.Outcomes[0].Kind, refused.IsGood));
        Assert.Contains($"went back from {Second} to {First}", refused.Outcomes[0].Reason, StringComparison.Ordinal);
        Assert.Equal($"{Second} active", await scenario.StandAsync());

        AllowRollback(scenario, First);
        var followed = await PlanAndSyncAsync(scenario, One);

        Assert.Equal(OutcomeKind.Published, followed.Outcomes[0].Kind);
        Assert.Equal($"{First} active, {Second} active", await scenario.StandAsync());
    }

    [Theory]
    [InlineData("20990101-1", null, "lies in the future")]
    [InlineData(Second, 7, "is offered again as")]
    public async Task A_list_that_cannot_be_genuine_is_refused(string revision, int? seed, string reason)
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, First, content: new Qcow2Builder { Seed = 7 });
        await scenario.SyncAsync(One);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, revision, content: new Qcow2Builder { Seed = seed ?? 9 });

        var report = await PlanAndSyncAsync(scenario, One);

        Assert.Equal(OutcomeKind.Refused, report.Outcomes[0].Kind);
        Assert.Contains(reason, report.Outcomes[0].Reason, StringComparison.Ordinal);
        Assert.Equal($"{First} active", await scenario.StandAsync());
    }

    [Fact]
    public async Task An_image_that_an_operator_hides_is_left_alone_and_does_not_come_back()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        await scenario.AgeAsync(First);
        using var glance = await scenario.ProbeAsync();
        await glance.SetAsync((string)(await scenario.FindAsync(First))["id"]!, "os_hidden", true, Cancel);

        var report = await PlanAndSyncAsync(scenario, One);

        Assert.Equal(OutcomeKind.UpToDate, report.Outcomes[0].Kind);
        Assert.Contains("hidden by hand", report.Outcomes[0].Reason, StringComparison.Ordinal);
        Assert.Equal($"{First} hidden", await scenario.StandAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_forced_publication_takes_the_place_of_the_image_that_was_there_and_touches_no_other(bool prune)
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 2, options => options with { Enabled = prune });
        await scenario.AgeAsync(First, Second);
        var before = (string)(await scenario.FindAsync(Second))["id"]!;

        var report = await PlanAndSyncAsync(scenario, One with { Force = true });

        Assert.Equal(OutcomeKind.Published, report.Outcomes[0].Kind);
        Assert.Equal($"{First} active, {Second} active", await scenario.StandAsync());
        Assert.Equal(before, (string?)(await scenario.FindAsync(Second))["imgsync.replaces"]);
        Assert.Equal(before, Assert.Single(report.Pruning.Actions).ImageId);
    }

    [Fact]
    public async Task A_superseded_image_becomes_community_once_and_public_again_when_it_is_the_newest_again()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Prune(keep: 1, prune => prune with { DeleteAfter = null, CommunityAfter = TimeSpan.Zero });
        await scenario.AgeAsync(First);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Second);

        var rotated = await PlanAndSyncAsync(scenario, One);
        var old = await scenario.FindAsync(First);
        var again = await PlanAndSyncAsync(scenario, One);

        Assert.Equal(ActionKind.MakeCommunity, Assert.Single(rotated.Pruning.Actions).Kind);
        Assert.Equal("community", (string?)old["visibility"]);
        Assert.Equal("public", (string?)(await scenario.FindAsync(Second))["visibility"]);
        Assert.Empty(again.Outcomes[0].Actions.Concat(again.Pruning.Actions));
        Assert.Equal((string?)old["updated_at"], (string?)(await scenario.FindAsync(First))["updated_at"]);
        using var user = await cloud.ProbeAsync(Cancel, "user");
        var listed = Assert.Single(await user.ListAsync(scenario.Options.Publish.Prefix, Cancel));
        Assert.Equal(Second, (string?)listed["imgsync.revision"]);
        Assert.Equal("active", (string?)(await user.ShowAsync((string)old["id"]!, Cancel))!["status"]);

        scenario.Tree.PublishDebian(DebianRelease.Bookworm, First);
        AllowRollback(scenario, First);
        var back = await PlanAndSyncAsync(scenario, One);

        Assert.Equal("to be as the settings say: visibility", Assert.Single(back.Outcomes[0].Actions).Reason);
        Assert.Equal("public", (string?)(await scenario.FindAsync(First))["visibility"]);
    }

    [Fact]
    public async Task The_stable_name_moves_with_the_newest_image_and_is_told()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Options = scenario.Options with
        {
            Publish = scenario.Options.Publish with { LatestName = scenario.Options.Publish.Prefix + "Debian 12" },
        };
        await scenario.AgeAsync(First);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Second);

        var report = await PlanAndSyncAsync(scenario, One);

        Assert.Equal([ActionKind.Rename, ActionKind.Rename], report.Pruning.Actions.Select(pruned => pruned.Kind));
    }

    /// <summary>Plans, carries it out, and compares.</summary>
    private static async Task<SyncReport> PlanAndSyncAsync(Scenario scenario, RunRequest request)
    {
        var before = await scenario.ImagesAsync();
        var planned = await scenario.SyncAsync(request with { DryRun = true });
        Assert.Equal(before.Select(image => image.ToJsonString()), (await scenario.ImagesAsync()).Select(image => image.ToJsonString()));

        var done = await scenario.SyncAsync(request);

        Assert.Equal(planned.Outcomes.Select(Planned), done.Outcomes.Select(Planned));
        Assert.Equal(
            planned.Outcomes.SelectMany(outcome => outcome.Actions).Select(Planned),
            done.Outcomes.SelectMany(outcome => outcome.Actions).Select(Planned));
        Assert.Equal(planned.Pruning.Actions.Select(Planned), done.Pruning.Actions.Select(Planned));
        Assert.All(planned.Pruning.Actions, pruned => Assert.Equal(ActionResult.Planned, pruned.Result));
        Assert.All(done.Pruning.Actions, pruned => Assert.Equal(ActionResult.Done, pruned.Result));
        return done;
    }

    private static void AllowRollback(Scenario scenario, string revision) => scenario.Options = scenario.Options with
    {
        Overrides = new Dictionary<string, DistributionOverrides>(StringComparer.OrdinalIgnoreCase)
        {
            ["debian12"] = new() { AllowRollback = revision },
        },
    };

    private static string Planned(ImageOutcome outcome) => string.Join(
        ' ', outcome.Distribution, outcome.Kind is OutcomeKind.WouldPublish ? OutcomeKind.Published : outcome.Kind, outcome.Revision);

    private static string Planned(RunAction pruned) => $"{pruned.Kind} {pruned.ImageName}: {pruned.Reason}";
}
