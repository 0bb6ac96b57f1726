using Azure.Storage.Blobs;
using Imgsync.Core;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Notify;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Core.Telemetry;
using Imgsync.Functions;
using Imgsync.Functions.Http;
using Imgsync.Functions.Setup;
using Imgsync.Functions.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using static Imgsync.Testing.Moment;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>Two runs at once: of one installation only one works, and two installations leave each other's work alone.</summary>
public sealed class TwoRunsTests(DevCloud cloud, Azurite azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Shows("two-processes-are-started-at-once")]
    public async Task Two_processes_are_started_at_once()
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish(mebibytes: 1);

        var ended = await Task.WhenAll((await crash.StartProgramAsync()).EndAsync(), (await crash.StartProgramAsync()).EndAsync());

        // Whichever was later either met the other's lock, or found everything done.
        Assert.Contains(ended, one => one.ExitCode == 0);
        Assert.All(
            ended.Where(one => one.ExitCode != 0), one => Assert.Contains("is under way", one.StandardError, StringComparison.Ordinal));
        await crash.AssertWholeAsync("two processes started at once");
    }

    [Fact]
    [Shows("a-second-process-is-started-while-the-first-uploads")]
    public async Task A_second_process_is_started_while_the_first_uploads()
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish();
        var upload = crash.Glance.Hold("PUT", KillRow.Content, MiddleOfBody(1_500_000));
        var first = await crash.StartProgramAsync();
        await first.ReachAsync(upload);

        var second = await (await crash.StartProgramAsync()).EndAsync();
        upload.Release();

        Assert.Equal(0, (await first.EndAsync()).ExitCode);
        Assert.NotEqual(0, second.ExitCode);
        Assert.Matches(@"Another run \(\d{8}T\d{6}Z-[0-9a-f]{4}\) is under way", second.StandardError);
        await crash.AssertWholeAsync("a second process started while the first uploads");
    }

    [Fact]
    [Shows("the-timer-and-http-start-a-run-at-once")]
    public async Task The_timer_and_HTTP_start_a_run_at_once()
    {
        var container = new BlobContainerClient(azurite.ConnectionString, Azurite.UniqueContainer());
        var options = new ImgsyncOptions { Distributions = ["debian12"], Clouds = [new CloudOptions { Name = "east" }] };
        var planner = new RunPlanner(CatalogLoader.Load(options.Catalog, options.Publishers), options);
        var client = new RememberingClient();
        RunStarter Machine() => new(planner, new BlobRunLock(container), options, TimeProvider.System);

        var setup = new AppSetup(new ImgsyncConfiguration(options, [], []), [], []);
        using var measurements = new Measurements(TimeProvider.System);
        await using var services = new ServiceCollection().AddLogging().AddImgsync(options, Path.GetTempPath()).BuildServiceProvider();
        var timer = new SyncTimer(
            Machine(), services.GetRequiredService<FailedRuns>(), setup, measurements, NullLogger<SyncTimer>.Instance);
        var resync = new Resync(Machine(), new HttpAnswers(setup, TimeProvider.System, NullLogger<HttpAnswers>.Instance));

        await Task.WhenAll(
            Task.Run(() => timer.RunAsync(new TimerInfo(), client, Cancel), Cancel),
            Task.Run(() => resync.RunAsync(new DefaultHttpContext().Request, client, Cancel), Cancel));

        Assert.Single(client.Scheduled);
        Story.Tell("timer and HTTP at once", "one run was started, the other starter was told of it");
        await container.DeleteIfExistsAsync(cancellationToken: Cancel);
    }

    [Fact]
    [Shows("another-installation-runs-while-ours-uploads")]
    public async Task Another_installation_runs_while_ours_uploads()
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish();
        var ours = crash.Base.Options;
        var upload = crash.Glance.Hold("PUT", KillRow.Content, MiddleOfBody(1_500_000));
        var uploading = crash.SyncThroughGlanceAsync();
        await upload.Reached;
        var alive = (string)Assert.Single(await crash.Base.ImagesAsync())["id"]!;

        crash.Base.Options = ours with { Staging = new StagingOptions { Folder = crash.Base.StagingFolder + "-of-another" } };
        var others = await crash.SyncAsync();
        crash.Base.Options = ours;
        upload.Release();
        var report = await uploading;

        Assert.Equal([OutcomeKind.Published, OutcomeKind.Published], new[] { others, report }.Select(run => run.Outcomes[0].Kind));
        Assert.Equal(alive, report.Outcomes[0].ImageId);
        Assert.Single(await crash.Base.ImagesAsync());
        crash.Base.Options = ours with { Publish = ours.Publish with { Keep = 1 } };
        await crash.AssertWholeAsync("another installation runs while ours uploads");
    }
}
