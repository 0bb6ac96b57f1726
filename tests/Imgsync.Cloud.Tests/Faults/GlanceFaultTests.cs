using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Faults;

/// <summary>Whatever Keystone or Glance answers, it is told in one sentence and nothing half made stays.</summary>
public sealed class GlanceFaultTests(DevCloud cloud)
{
    private const string Version = "20240717-1811";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_who_may_not_write_our_marks_learns_so_before_a_byte_is_downloaded()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        scenario.Options = scenario.Options with { Clouds = [cloud.Cloud("user")] };

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Equal(0, scenario.Upstream.ImageBytes);
        Assert.Empty(await scenario.ImagesAsync());
    }

    [Fact]
    public async Task A_wrong_password_names_the_user_and_never_the_password()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        var syncer = scenario.Cloud;
        scenario.Options =
            scenario.Options with { Clouds = [syncer with { Auth = syncer.Auth with { Password = new Secret("hunter2-marked") } }] };

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Contains("syncer", outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(scenario.Log.Lines, line => line.Contains("hunter2-marked", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2-marked", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cloud_that_is_down_fails_in_one_sentence()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        var syncer = scenario.Cloud;
        scenario.Options =
            scenario.Options with { Clouds = [syncer with { Auth = syncer.Auth with { AuthUrl = new Uri("http://127.0.0.1:9/v3") } }] };

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Contains("127.0.0.1:9", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(0, scenario.Upstream.ImageBytes);
    }

    [Fact]
    [Shows("a-stop-keeps-what-came")]
    public async Task A_cancelled_run_leaves_nothing_half_made_in_glance_and_the_next_one_goes_on_where_it_was()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version, content: new Qcow2Builder { DataSize = 32 << 20 });
        using var interrupt = new CancellationTokenSource();
        var progress = new StopDuring(SyncStage.Transfer, interrupt);

        var report = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"] }, progress, interrupt.Token);

        Assert.True(report.Cancelled);
        Assert.Equal(
            (FailureKind.Cancelled, scenario.KeptBytes()), (report.Outcomes[0].Failure!, report.Outcomes[0].BytesDownloaded));
        Assert.Empty(await scenario.ImagesAsync());
        await scenario.AssertGoesOnAsync(image, scenario.KeptBytes());
    }

    [Fact]
    public async Task An_image_that_a_dead_run_left_half_made_is_replaced()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DownloadOnly = true });
        var installation = await File.ReadAllTextAsync(Path.Combine(scenario.StagingFolder, "installation"), Cancel);
        using var glance = await scenario.ProbeAsync();
        var leftover = await glance.CreateAsync(
            new()
            {
                ["name"] = scenario.Options.Publish.Prefix + "left",
                ["disk_format"] = "qcow2",
                ["container_format"] = "bare",
                ["source"] = "imgsync",
                ["imgsync.sha512"] = image.Sha512.Hex,
                ["imgsync.distribution"] = "debian12",
                ["imgsync.run"] = installation + "/dead",
            },
            Cancel);

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        Assert.NotEqual(leftover, outcome.ImageId);
        Assert.Equal("active", (string?)Assert.Single(await scenario.ImagesAsync())["status"]);
    }

    [Fact]
    public async Task An_image_of_the_older_tool_is_recognised_and_not_uploaded_again()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        using var glance = await scenario.ProbeAsync();
        var old = await OlderTool.PublishAsync(glance, scenario.Options.Publish.Prefix + "Debian 12 [20240718]", image);

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.UpToDate, outcome.Kind);
        Assert.Equal(old, outcome.ImageId);
        Assert.Equal(0, scenario.Upstream.ImageBytes);
    }

    /// <summary>Stops the run as soon as it reaches a stage and some bytes have passed.</summary>
    private sealed class StopDuring(SyncStage stage, CancellationTokenSource interrupt) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value)
        {
            if (value.Stage == stage && value.Bytes > 0)
                interrupt.Cancel();
        }
    }
}
