using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>What operators say of distributions, their own and ours, in whole runs.</summary>
public sealed class OwnDistributionTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_distribution_and_a_publisher_of_the_operators_own_are_published_like_ours()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await AddToCatalogAsync(scenario);

        var outcome = Assert.Single((await scenario.SyncAsync("site12")).Outcomes);

        var found = Assert.Single(await scenario.ImagesAsync());
        Assert.Equal((OutcomeKind.Published, "20240717-1811"), (outcome.Kind, outcome.Revision));
        Assert.Equal(scenario.Options.Publish.Prefix + "Site 12 [20240717-1811]", (string?)found["name"]);
        Assert.Equal(("site12", image.Sha512.Hex), ((string?)found["imgsync.distribution"], (string?)found["os_hash_value"]));
        Assert.Equal(("site", "virtio", 256), ((string?)found["os_distro"], (string?)found["hw_rng_model"], (int)found["min_ram"]!));
        Assert.StartsWith(
            $"{scenario.Upstream.DebianUrl}bookworm/20240717-1811/", (string?)found["image_source"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_one_distribution_has_different_shows_in_its_image_and_in_no_other()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        scenario.Tree.PublishDebian(DebianRelease.Bullseye, "20240717-1811");
        scenario.Options = scenario.Options with
        {
            Overrides = new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal)
            {
                ["debian12"] = new()
                {
                    Title = "Bookworm",
                    AdminUser = "root",
                    MinRam = 1024,
                    Publish = new PublishOverrides
                    {
                        NameTemplate = "{prefix}{title} of {date}",
                        Visibility = ImageVisibility.Private,
                        Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["hw_firmware_type"] = "uefi" },
                        RemoveProperties = ["os_type", "image_build_date"],
                    },
                },
            },
        };

        await scenario.SyncAsync("debian12", "debian11");

        var images = await scenario.ImagesAsync();
        var twelve = images.Single(image => (string?)image["imgsync.distribution"] is "debian12");
        var eleven = images.Single(image => (string?)image["imgsync.distribution"] is "debian11");
        var prefix = scenario.Options.Publish.Prefix;
        Assert.Equal(
            (prefix + "Bookworm of 2024-07-17", prefix + "Debian 11 [20240717-1811]"), ((string?)twelve["name"], (string?)eleven["name"]));
        Assert.Equal(
            ("private", "root", 1024, "uefi"),
            ((string?)twelve["visibility"], (string?)twelve["os_admin_user"], (int)twelve["min_ram"]!,
                (string?)twelve["hw_firmware_type"]));
        Assert.Equal(
            ("public", "debian", 0, null),
            ((string?)eleven["visibility"], (string?)eleven["os_admin_user"], (int)eleven["min_ram"]!,
                (string?)eleven["hw_firmware_type"]));
        Assert.Equal((null, null), ((string?)twelve["os_type"], (string?)twelve["image_build_date"]));
        Assert.Equal(("linux", "2024-07-17"), ((string?)eleven["os_type"], (string?)eleven["image_build_date"]));
    }

    private static async Task AddToCatalogAsync(Scenario scenario)
    {
        var catalog = JsonNode.Parse(await File.ReadAllTextAsync(scenario.Options.Catalog!, Cancel))!.AsObject();
        Part(
            "publishers")["site"] = new JsonObject
            {
                ["url"] = scenario.Upstream.DebianUrl.AbsoluteUri,
                ["index"] = "debian",
                ["signature"] = "none"
            };
        Part("distributions")["site12"] = new JsonObject
        {
            ["publisher"] = "site",
            ["title"] = "Site 12",
            ["path"] = "bookworm/latest/",
            ["image"] = "debian-12-genericcloud-{arch}.qcow2",
            ["architectures"] = new JsonArray("amd64"),
            ["osDistro"] = "site",
            ["osVersion"] = "12",
            ["adminUser"] = "site",
            ["minRam"] = 256,
            ["properties"] = new JsonObject { ["hw_rng_model"] = "virtio" },
        };
        await File.WriteAllTextAsync(scenario.Options.Catalog!, catalog.ToJsonString(), Cancel);

        JsonObject Part(string name) => (catalog[name] ??= new JsonObject()).AsObject();
    }
}
