using Imgsync.Core.Runs;
using static Imgsync.Testing.Moment;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>What a staging store does that fills up or dies in the middle of a run.</summary>
public sealed class BrokenStagingTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Shows("the-disk-under-the-staging-folder-is-full")]
    public async Task The_disk_under_the_staging_folder_is_full()
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish();
        await using var disk = await SmallDisk.MountAsync(crash.Base.StagingFolder);

        var outcome = Assert.Single((await crash.SyncAsync()).Outcomes);
        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Contains("Free space there, or set staging.folder to another disk.", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(await crash.Base.ImagesAsync());

        await disk.GrowAsync();
        await crash.AssertWholeAsync("disk full in the staging folder");
    }

    [Fact]
    [Shows("azurite-is-killed-in-the-middle-of-staging")]
    [TakesMinutes(5)]
    public async Task Azurite_is_killed_in_the_middle_of_staging()
    {
        await using var azurite = await Azurite.StartPrivateAsync(Cancel);
        await using var crash = await CrashScenario.StartAsync(cloud, azurite.ConnectionString);
        crash.Publish(mebibytes: 1, revision: Pruning.PruneScenario.First);
        crash.Base.Options = crash.Base.Options with { Publish = crash.Base.Options.Publish with { Keep = 1 } };
        await crash.SyncAsync();
        await azurite.StopAsync(Cancel); // the emulator keeps in memory what was written in the last seconds; the real service does not
        await azurite.RestartAsync(Cancel);
        crash.Publish(mebibytes: 20);

        var download = crash.Upstream.Hold("GET", @"\.qcow2$", MiddleOfAnswer(17 << 20));
        var running = crash.SyncAsync();
        await download.Reached;
        await azurite.KillAsync(Cancel);
        download.Release();
        await Eventually.TrueAsync(
            "the run has given up and removed what it made in Glance",
            async () => (await crash.Base.ImagesAsync()).Count <= 1,
            within: TimeSpan.FromMinutes(4));

        await azurite.RestartAsync(Cancel);
        Assert.Equal(OutcomeKind.Failed, Assert.Single((await running).Outcomes).Kind);
        await crash.AssertWholeAsync("Azurite killed mid-stage and restarted");
    }
}
