using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Faults;

/// <summary>What the real Glance refuses is told with its reason and what to do, and nothing of the image stays.</summary>
public sealed class RefusalTests(DevCloud cloud, SpoiltGlance spoilt) : IClassFixture<SpoiltGlance>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_who_may_not_publicize_learns_the_policys_name_before_a_byte_is_downloaded()
    {
        await spoilt.Cloud.SetPolicyAsync("""{ "publicize_image": "role:admin" }""", Cancel);
        await using var scenario = await StartAsync(spoilt.Cloud);

        try
        {
            await AssertFailsAsync(scenario, "403", "publicize_image", "choose a visibility other than public");
            Assert.Equal(0, scenario.Upstream.ImageBytes);
        }
        finally
        {
            await spoilt.Cloud.SetPolicyAsync("{}", Cancel);
        }
    }

    [Fact]
    public async Task A_full_quota_is_named()
    {
        await spoilt.Cloud.SetQuotaAsync(100_000, Cancel);
        await using var scenario = await StartAsync(spoilt.Cloud);
        try
        {
            await AssertFailsAsync(scenario, "413", "quota", "user_storage_quota");
        }
        finally
        {
            await spoilt.Cloud.SetQuotaAsync(0, Cancel);
        }
    }

    [Fact]
    public async Task A_glance_that_belongs_to_another_keystone_answers_401()
    {
        await using var scenario = await StartAsync(cloud);
        scenario.Options = scenario.Options with { Clouds = [scenario.Cloud with { ImageEndpoint = spoilt.Cloud.GlanceUrl }] };

        await AssertFailsAsync(scenario, "401", "check that the endpoint belongs to this Keystone");

        Assert.Equal(0, scenario.Upstream.ImageBytes);
    }

    [Fact]
    public async Task A_region_without_an_image_service_is_named_with_what_there_is()
    {
        await using var scenario = await StartAsync(cloud);
        scenario.Options = scenario.Options with { Clouds = [scenario.Cloud with { Region = "Atlantis" }] };

        await AssertFailsAsync(scenario, "Atlantis", "RegionOne");

        Assert.Equal(0, scenario.Upstream.ImageBytes);
    }

    [Fact]
    public async Task An_image_that_somebody_else_filled_meanwhile_is_a_conflict()
    {
        await using var scenario = await StartAsync(cloud);
        await using var publisher = new FaultProxy(scenario.Upstream.Url) { Fault = ProxyFault.StallAfter(60_000).OfDownloads() };
        scenario.ReadDebianFrom(publisher.Url);
        using var glance = await scenario.ProbeAsync();

        var running = scenario.SyncAsync("debian12");
        await Eventually.TrueAsync("an image has been made", async () => (await scenario.ImagesAsync()).Count > 0);
        var id = (string)(await scenario.ImagesAsync())[0]["id"]!;
        await glance.DeleteAsync(id, Cancel);
        publisher.Fault = ProxyFault.None;

        var outcome = Assert.Single((await running).Outcomes);
        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Matches("404|409|410", outcome.Reason);
        Assert.Empty(await scenario.ImagesAsync());
    }

    private static async Task<Scenario> StartAsync(DevCloud cloud)
    {
        var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: new Qcow2Builder { DataSize = 1 << 20 });
        return scenario;
    }

    private static async Task AssertFailsAsync(Scenario scenario, params string[] mentioned)
    {
        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.All(mentioned, words => Assert.Contains(words, outcome.Reason, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', outcome.Reason);
        Assert.DoesNotContain("unforeseen", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(await scenario.ImagesAsync());
    }
}
