using Imgsync.Cloud.Tests.Pruning;
using Imgsync.Core.Configuration;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>Our clock is years off: what is decided by age goes by the cloud's.</summary>
public sealed class MovedClockTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [Shows("a-moved-clock-deletes-nothing-early")]
    [InlineData("clock moved a year ahead", 400)]
    [InlineData("clock moved a year back", -400)]
    public async Task A_moved_clock_deletes_nothing_early(string row, int days)
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Base.Prune(
            keep: 1, prune =>
                prune with { DeleteAfter = TimeSpan.FromDays(30), HideAfter = TimeSpan.FromDays(7), MinAge = TimeSpan.FromDays(1) });
        crash.Publish(mebibytes: 1, PruneScenario.First);
        await crash.SyncAsync();
        using var glance = await crash.Base.ProbeAsync();
        var alive = await crash.Base.LeaveBehindAsync(glance, "another-installation/alive");
        crash.Publish(mebibytes: 1, PruneScenario.Second);

        crash.Base.Time = new MovedClock(TimeSpan.FromDays(days));
        var report = await crash.SyncAsync();

        Assert.True(report.IsGood, report.Outcomes[0].Reason);
        Assert.Empty(report.Pruning.Actions);
        Assert.NotNull(await glance.ShowAsync(alive, Cancel));
        await glance.DeleteAsync(alive, Cancel);
        crash.Base.Prune(keep: 1, prune => new PruneOptions());
        await crash.AssertWholeAsync(row);
    }

    /// <summary>Only the date is wrong: waiting takes as long as ever.</summary>
    private sealed class MovedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
