using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>Which way the bytes take, and what is left of them when one end fails.</summary>
public sealed class PipelineTests(DevCloud cloud)
{
    private const int ImageBytes = 4 << 20;

    [Theory]
    [InlineData(Pipeline.SinglePass, 1)]
    [InlineData(Pipeline.StagedFirst, 2)]
    public async Task The_pipeline_says_how_often_the_bytes_pass(Pipeline pipeline, int passes)
    {
        await using var scenario = await StartAsync();
        scenario.Options = scenario.Options with { Pipeline = pipeline };
        var progress = new PassCounter();

        var report = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"] }, progress);

        Assert.Equal(OutcomeKind.Published, Assert.Single(report.Outcomes).Kind);
        Assert.Equal(passes, progress.Passes);
        Assert.Equal("active", (string?)Assert.Single(await scenario.ImagesAsync())["status"]);
    }

    [Fact]
    public async Task A_glance_that_breaks_in_the_middle_costs_no_second_download()
    {
        await using var scenario = await StartAsync();
        await using var glance = new FaultProxy(cloud.GlanceUrl) { Fault = ProxyFault.ResetAfter(700_000).OfUploads() };
        var healthy = scenario.Options;
        scenario.Options = healthy with { Clouds = [scenario.Cloud with { ImageEndpoint = glance.Url }] };

        var broken = await scenario.SyncAsync("debian12");
        var downloaded = scenario.Upstream.ImageBytes;
        scenario.Options = healthy;
        var retried = await scenario.SyncAsync("debian12");

        Assert.Equal(OutcomeKind.Failed, Assert.Single(broken.Outcomes).Kind);
        Assert.Equal(OutcomeKind.Published, Assert.Single(retried.Outcomes).Kind);
        Assert.InRange(downloaded, ImageBytes, long.MaxValue);
        Assert.Equal(downloaded, scenario.Upstream.ImageBytes);
    }

    private async Task<Scenario> StartAsync()
    {
        var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: new Qcow2Builder { DataSize = ImageBytes });
        return scenario;
    }

    /// <summary>Counts how often all bytes have gone by.</summary>
    private sealed class PassCounter : IProgress<ImageProgress>
    {
        public int Passes { get; private set; }

        public void Report(ImageProgress value) =>
            Passes += value is { Stage: SyncStage.Transfer, Total: { } total } && value.Bytes == total ? 1 : 0;
    }
}
