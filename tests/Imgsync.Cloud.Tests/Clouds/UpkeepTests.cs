using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Clouds;

/// <summary>What the settings say by now reaches an image that stands already, on a real Glance.</summary>
public sealed class UpkeepTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changed_settings_reach_the_image_that_stands_and_move_no_bytes()
    {
        await using var scenario = await PublishedAsync(
            publish => publish with { Properties = Properties(("hw_disk_bus", "scsi"), ("note", "old")) });
        var moved = scenario.Upstream.ImageBytes;
        Publish(scenario, publish => publish with
        {
            Visibility = ImageVisibility.Community,
            Properties = Properties(("hw_disk_bus", "virtio"), ("hw_rng_model", "virtio")),
            RemoveProperties = ["os_admin_user"],
        });
        scenario.Options = scenario.Options with
        {
            Overrides = new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal)
            {
                ["debian12"] = new() { MinRam = 512, OsVersion = "12.1" },
            },
        };

        var outcome = await SyncAsync(scenario);

        var image = Assert.Single(await scenario.ImagesAsync());
        Assert.Equal((OutcomeKind.UpToDate, moved), (outcome.Kind, scenario.Upstream.ImageBytes));
        Assert.Equal(("community", 512, "12.1"), ((string?)image["visibility"], (int)image["min_ram"]!, (string?)image["os_version"]));
        Assert.Equal(
            ("virtio", "virtio", "old", null),
            ((string?)image["hw_disk_bus"], (string?)image["hw_rng_model"], (string?)image["note"], (string?)image["os_admin_user"]));
        Assert.EndsWith(
            "changed to be as the settings say: visibility, os_version, version, hw_disk_bus, hw_rng_model, os_admin_user, "
                + "min_ram", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_come_with_the_image_and_missing_ones_are_added_beside_those_of_others()
    {
        await using var scenario = await PublishedAsync(publish => publish with { Tags = ["os:{osDistro}", "managed_by_osism"] });
        var published = Tags(Assert.Single(await scenario.ImagesAsync()));
        using var glance = await scenario.ProbeAsync();
        await glance.SetAsync(
            (string)Assert.Single(await scenario.ImagesAsync())["id"]!, "tags", new JsonArray("os:debian", "somebody's"), Cancel);
        Publish(scenario, publish => publish with { Tags = ["{distribution}/{osVersion}/{architecture}", "grün"] });

        var planned = Assert.Single((await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DryRun = true })).Outcomes);
        var outcome = await SyncAsync(scenario);
        var changed = Assert.Single(await scenario.ImagesAsync());
        var again = await SyncAsync(scenario);

        Assert.Equal(["managed_by_osism", "os:debian"], published);
        Assert.Equal(["debian12/12/x86_64", "grün", "os:debian", "somebody's"], Tags(changed));
        Assert.EndsWith("would be changed to be as the settings say: tags", planned.Reason, StringComparison.Ordinal);
        Assert.EndsWith("changed to be as the settings say: tags", outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("changed", again.Reason, StringComparison.Ordinal);
        Assert.Equal((string?)changed["updated_at"], (string?)Assert.Single(await scenario.ImagesAsync())["updated_at"]);
    }

    [Fact]
    public async Task What_is_right_already_is_not_touched()
    {
        await using var scenario = await PublishedAsync(
            publish => publish with { Properties = Properties(("hw_disk_bus", "scsi")), Protected = true, Tags = ["os:{osDistro}"] });
        var before = Assert.Single(await scenario.ImagesAsync());

        var outcome = await SyncAsync(scenario);

        Assert.DoesNotContain("changed", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal((string?)before["updated_at"], (string?)Assert.Single(await scenario.ImagesAsync())["updated_at"]);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_change_and_changes_nothing()
    {
        await using var scenario = await PublishedAsync();
        Publish(scenario, publish => publish with { Visibility = ImageVisibility.Private, Protected = true });

        var report = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DryRun = true });

        Assert.EndsWith(
            "would be changed to be as the settings say: visibility, protected", Assert.Single(report.Outcomes).Reason, StringComparison.Ordinal);
        Assert.Equal("public", (string?)Assert.Single(await scenario.ImagesAsync())["visibility"]);
    }

    [Fact]
    public async Task Protection_that_we_gave_goes_with_its_setting_and_an_operators_own_stays()
    {
        await using var scenario = await PublishedAsync(publish => publish with { Protected = true });
        var given = (bool)Assert.Single(await scenario.ImagesAsync())["protected"]!;
        Publish(scenario, publish => publish with { Protected = false });
        await SyncAsync(scenario);
        var lifted = Assert.Single(await scenario.ImagesAsync());
        using var glance = await scenario.ProbeAsync();
        await glance.SetAsync((string)lifted["id"]!, "protected", true, Cancel);

        await SyncAsync(scenario);

        Assert.Equal((true, false), (given, (bool)lifted["protected"]!));
        Assert.True((bool)Assert.Single(await scenario.ImagesAsync())["protected"]!);
    }

    [Fact]
    public async Task What_an_operator_deactivated_and_what_the_older_tool_made_is_left_as_it_is()
    {
        await using var scenario = await PublishedAsync();
        using var admin = await cloud.ProbeAsync(Cancel);
        using var glance = await scenario.ProbeAsync();
        await admin.ActAsync((string)Assert.Single(await scenario.ImagesAsync())["id"]!, "deactivate", Cancel);
        var old = await OlderTool.PublishAsync(
            glance, scenario.Options.Publish.Prefix + "Debian 11 [20240718]", scenario.Tree.PublishDebian(
                DebianRelease.Bullseye, "20240717-1811"));
        Publish(scenario, publish => publish with { Visibility = ImageVisibility.Private, Protected = true });

        var report = await scenario.SyncAsync("debian12", "debian11");

        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.UpToDate, outcome.Kind));
        Assert.All(
            await scenario.ImagesAsync(), image =>
                Assert.Equal(("public", false), ((string?)image["visibility"], (bool)image["protected"]!)));
        Assert.Equal(old, report.Outcomes[1].ImageId);
    }

    [Fact]
    public async Task A_setting_that_the_cloud_refuses_fails_that_image_and_leaves_it_standing()
    {
        await using var scenario = await PublishedAsync();
        Publish(scenario, publish => publish with { Stores = ["nowhere"] });

        var outcome = await SyncAsync(scenario);

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Contains("nowhere", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal("active", (string?)Assert.Single(await scenario.ImagesAsync())["status"]);
    }

    private async Task<Scenario> PublishedAsync(Func<PublishOptions, PublishOptions>? change = null)
    {
        var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        Publish(scenario, change ?? (publish => publish));
        Assert.Equal(OutcomeKind.Published, (await SyncAsync(scenario)).Kind);
        return scenario;
    }

    private static async Task<ImageOutcome> SyncAsync(Scenario scenario) => Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

    private static void Publish(Scenario scenario, Func<PublishOptions, PublishOptions> change) =>
        scenario.Options = scenario.Options with { Publish = change(scenario.Options.Publish) };

    private static IEnumerable<string?> Tags(JsonObject image) =>
        image["tags"]!.AsArray().Select(tag => (string?)tag).Order(StringComparer.Ordinal);

    private static Dictionary<string, string> Properties(params (string Name, string Value)[] properties) =>
        properties.ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);
}
