using Imgsync.Cloud.Tests.Faults;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Clouds;

/// <summary>Two real Keystones and Glances: one is shared by all tests, the other is ours to stop and fill.</summary>
public sealed class TwoCloudsTests(DevCloud north, SpoiltGlance spoilt) : IClassFixture<SpoiltGlance>
{
    /// <summary>More than a few of the blocks in which bytes pass.</summary>
    private static readonly Qcow2Builder Large = new() { DataSize = 8 << 20, Seed = 29 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DevCloud South => spoilt.Cloud;

    [Fact]
    public async Task One_download_serves_two_clouds_each_in_its_own_way()
    {
        await using var scenario = await StartAsync(south => south with
        {
            Publish = new PublishOverrides
            {
                NameTemplate = "{prefix}south {title}",
                Visibility = ImageVisibility.Community,
                Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["hw_disk_bus"] = "scsi" },
                RemoveProperties = ["os_admin_user"],
                Protected = true,
            },
        });
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        var report = await scenario.SyncAsync("debian12");

        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.Published, outcome.Kind));
        Assert.Equal(image.Length, scenario.Upstream.ImageBytes);
        Assert.Single(scenario.Upstream.Requests, request => request.Path.EndsWith("/SHA512SUMS", StringComparison.Ordinal));
        var there = Assert.Single(await SouthernAsync(scenario));
        var here = Assert.Single(await scenario.ImagesAsync());
        var prefix = scenario.Options.Publish.Prefix;
        Assert.Equal((prefix + "Debian 12 [20240717-1811]", prefix + "south Debian 12"), ((string?)here["name"], (string?)there["name"]));
        Assert.Equal(("public", "community"), ((string?)here["visibility"], (string?)there["visibility"]));
        Assert.Equal((null, "scsi"), ((string?)here["hw_disk_bus"], (string?)there["hw_disk_bus"]));
        Assert.Equal(("debian", null), ((string?)here["os_admin_user"], (string?)there["os_admin_user"]));
        Assert.Equal((false, true), ((bool)here["protected"]!, (bool)there["protected"]!));
    }

    [Fact]
    public async Task A_cloud_that_is_stopped_in_the_middle_spoils_nothing_for_the_other_and_the_next_run_heals_it()
    {
        await using var scenario = await StartAsync();
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);
        await using var publisher = new FaultProxy(scenario.Upstream.Url) { Fault = ProxyFault.StallAfter(4 << 20).OfDownloads() };
        scenario.ReadDebianFrom(publisher.Url);
        scenario.Options = scenario.Options with { Upstream = scenario.Options.Upstream with { IdleTimeout = TimeSpan.FromMinutes(10) } };

        var run = scenario.SyncAsync("debian12");
        await Eventually.TrueAsync(
            "the southern image is being saved",
            async () => await SouthernAsync(scenario) is [var half] && (string?)half["status"] is "saving");
        await South.KillGlanceAsync(Cancel);
        publisher.Fault = ProxyFault.None;
        var broken = await run;
        await South.RestartGlanceAsync(Cancel);
        var healed = await scenario.SyncAsync("debian12");

        Assert.Equal(["south Failed", "devcloud Published"], Told(broken));
        Assert.Contains("south", Assert.Single(broken.Pruning.Failures), StringComparison.Ordinal);
        Assert.Equal(["south Published", "devcloud UpToDate"], Told(healed));
        Assert.Equal(image.Length, scenario.Upstream.ImageBytes);
        Assert.Equal("active", (string?)Assert.Single(await SouthernAsync(scenario))["status"]);
    }

    [Fact]
    public async Task A_cloud_that_is_full_and_one_that_refuses_us_fail_for_themselves_only()
    {
        await using var scenario = await StartAsync();
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        var stranger =
            scenario.Cloud with { Name = "refusing", Auth = scenario.Cloud.Auth with { Password = new Secret("not-the-password") } };
        scenario.Options = scenario.Options with { Clouds = [stranger, .. scenario.Options.Clouds] };
        await South.SetQuotaAsync(100_000, Cancel);
        try
        {
            var report = await scenario.SyncAsync("debian12");

            Assert.Equal(["refusing Failed", "south Failed", "devcloud Published"], Told(report));
            Assert.Contains("401", report.Outcomes[0].Reason, StringComparison.Ordinal);
            Assert.Contains("quota", report.Outcomes[1].Reason, StringComparison.Ordinal);
            Assert.Equal(image.Length, scenario.Upstream.ImageBytes);
            Assert.Empty(await SouthernAsync(scenario));
        }
        finally
        {
            await South.SetQuotaAsync(0, Cancel);
        }
    }

    /// <summary>The south comes first, so that it is the one whose upload the download feeds.</summary>
    private async Task<Scenario> StartAsync(Func<CloudOptions, CloudOptions>? change = null)
    {
        var scenario = await Scenario.StartAsync(north);
        var south = (await DevCloudProject.CreateAsync(South, Cancel)) with { Name = "south" };
        scenario.Options = scenario.Options with { Clouds = [change?.Invoke(south) ?? south, scenario.Cloud] };
        return scenario;
    }

    private async Task<IReadOnlyList<System.Text.Json.Nodes.JsonObject>> SouthernAsync(Scenario scenario)
    {
        using var glance = await South.ProbeAsync(scenario.Options.Clouds.Single(cloud => cloud.Name is "south").Auth, Cancel);
        return await glance.ListAsync(scenario.Options.Publish.Prefix, Cancel);
    }

    private static IEnumerable<string> Told(SyncReport report) => report.Outcomes.Select(outcome => $"{outcome.Cloud} {outcome.Kind}");
}
