using Imgsync.Core.Runs;
using Imgsync.Testing.Http;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Faults;

/// <summary>Servers that break, stall, cut or run on, at either end: the image fails in one sentence, and all others arrive.</summary>
public sealed class WireFaultTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_publisher_that_answers_500()
    {
        await using var scenario = await StartAsync();
        await using var publisher = new ScriptedServer().Always("GET", "/debian/bookworm/latest/SHA512SUMS", Answer.Of(500))
            .Always("GET", "/debian/bookworm/latest/debian-12-genericcloud-amd64.json", Answer.Of(500));
        scenario.ReadDebianFrom(publisher.Url);

        await AssertOnlyDebianFailsAsync(scenario, "answered 500");
    }

    [Fact]
    public async Task A_publisher_that_does_not_answer()
    {
        await using var scenario = await StartAsync();
        await using var publisher = new FaultProxy(scenario.Upstream.Url) { Fault = ProxyFault.StallAfter(0) };
        scenario.ReadDebianFrom(publisher.Url);

        await AssertOnlyDebianFailsAsync(scenario, "was not answered within 2 s");
    }

    [Fact]
    public async Task A_publisher_that_falls_silent_in_the_middle_of_the_image()
    {
        await using var scenario = await StartAsync();
        await using var publisher = new FaultProxy(scenario.Upstream.Url) { Fault = ProxyFault.StallAfter(500_000) };
        scenario.ReadDebianFrom(publisher.Url);

        await AssertOnlyDebianFailsAsync(scenario, "stalled for 2 s after");
    }

    [Fact]
    public async Task A_publisher_that_cuts_the_image_short()
    {
        await using var scenario = await StartAsync();
        await using var publisher = new FaultProxy(scenario.Upstream.Url) { Fault = ProxyFault.CutAfter(500_000) };
        scenario.ReadDebianFrom(publisher.Url);

        await AssertOnlyDebianFailsAsync(scenario, "ended after");
    }

    [Fact]
    [Shows("a-publisher-that-drips-on-without-an-end-is-left-when-the-images-time-is-spent")]
    public async Task A_publisher_that_drips_on_without_an_end_is_left_when_the_images_time_is_spent()
    {
        await using var scenario = await StartAsync();
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: new Qcow2Builder { DataSize = 4 << 20 });
        await using var publisher = new FaultProxy(scenario.Upstream.Url) { Fault = ProxyFault.SlowTo(200_000).OfDownloads() };
        scenario.ReadDebianFrom(publisher.Url);
        scenario.Options = scenario.Options with { Upstream = new() { ImageTimeout = TimeSpan.FromSeconds(5), Retries = 0 } };

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal((OutcomeKind.Failed, "time-spent"), (outcome.Kind, outcome.Failure));
        Assert.Contains("upstream.imageTimeout", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(await scenario.ImagesAsync());
        Assert.True(scenario.KeptBytes() > 0);
        publisher.Fault = ProxyFault.None;
        scenario.Options = scenario.Options with { Upstream = new() };
        await scenario.AssertGoesOnAsync(image, scenario.KeptBytes());
    }

    [Fact]
    [Shows("a-glance-that-takes-an-upload-drop-by-drop-is-left-when-the-images-time-is-spent")]
    public async Task A_glance_that_takes_an_upload_drop_by_drop_is_left_when_the_images_time_is_spent()
    {
        await using var scenario = await StartAsync();
        await using var glance = new FaultProxy(cloud.GlanceUrl) { Fault = ProxyFault.SlowTo(10_000).OfUploads() };
        scenario.Options = scenario.Options with
        {
            Clouds = [scenario.Cloud with { ImageEndpoint = glance.Url }],
            Upstream = new() { ImageTimeout = TimeSpan.FromSeconds(8), Retries = 0 },
        };

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal((OutcomeKind.Failed, "time-spent"), (outcome.Kind, outcome.Failure));
        Assert.Empty(await scenario.ImagesAsync());
    }

    [Fact]
    public async Task An_image_that_is_larger_than_may_come()
    {
        await using var scenario = await StartAsync();
        scenario.Options = scenario.Options with { Upstream = scenario.Options.Upstream with { MaxImageBytes = 3 << 20 } };

        await AssertOnlyDebianFailsAsync(scenario, "upstream.maxImageBytes allows");
    }

    [Fact]
    public async Task A_glance_whose_connection_breaks_in_the_middle_of_the_upload()
    {
        await using var scenario = await StartAsync();
        await using var glance = new FaultProxy(cloud.GlanceUrl) { Fault = ProxyFault.ResetAfter(700_000).OfUploads() };
        scenario.Options = scenario.Options with { Clouds = [scenario.Cloud with { ImageEndpoint = glance.Url }] };

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Contains("the connection broke after", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(401)]
    [InlineData(409)]
    public async Task A_glance_that_refuses_the_listing(int status)
    {
        await using var scenario = await StartAsync();
        await using var glance = new ScriptedServer().Always("GET", "/v2/images", Answer.Of(status).With("Retry-After", "0"));
        scenario.Options = scenario.Options with { Clouds = [scenario.Cloud with { ImageEndpoint = glance.Url }] };

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Contains($"on cloud 'devcloud': it answered {status}", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(0, scenario.Upstream.ImageBytes);
    }

    private async Task<Scenario> StartAsync()
    {
        var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: new Qcow2Builder { DataSize = 4 << 20 });
        scenario.Tree.PublishUbuntu("noble", "20240921");
        scenario.Options = scenario.Options with { Upstream = scenario.Options.Upstream with { IdleTimeout = TimeSpan.FromSeconds(2) } };
        return scenario;
    }

    private static async Task AssertOnlyDebianFailsAsync(Scenario scenario, string because)
    {
        var report = await scenario.SyncAsync("debian12", "ubuntu24");

        Assert.Equal([OutcomeKind.Failed, OutcomeKind.Published], report.Outcomes.Select(outcome => outcome.Kind));
        var reason = report.Outcomes[0].Reason;
        Assert.Contains(because, reason, StringComparison.Ordinal);
        Assert.Contains("debian", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason);
        Assert.Equal("ubuntu24", (string?)Assert.Single(await scenario.ImagesAsync())["imgsync.distribution"]);
    }
}
