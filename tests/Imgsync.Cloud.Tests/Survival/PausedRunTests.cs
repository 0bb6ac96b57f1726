using Azure.Storage.Blobs.Specialized;
using Imgsync.Cloud.Tests.Pruning;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging.Blobs;
using static Imgsync.Testing.Moment;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>SIGSTOP for longer than the run lock's lease, then SIGCONT: the program must notice before it changes anything.</summary>
public sealed class PausedRunTests(DevCloud cloud, Azurite azurite)
{
    private static readonly RunId Another = RunId.Parse("another");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Shows("a-run-sleeps-for-longer-than-its-lease")]
    public Task A_run_sleeps_for_longer_than_its_lease() =>
        Task.WhenAll(BeforePublishingAsync(), BeforePruningAsync(), WhileAnotherRunDoesItAllAsync());

    private async Task BeforePublishingAsync()
    {
        await using var crash = await StartAsync();

        await SleepAsync(crash, crash.Glance.Hold("PUT", KillRow.Content, BeforeAnswer), AnotherRunTakesTheLockAsync);

        Assert.Equal($"{PruneScenario.First} active", await crash.Base.StandAsync());
        await crash.AssertWholeAsync("paused before publishing, for longer than its lease");
    }

    private async Task BeforePruningAsync()
    {
        await using var crash = await StartAsync();

        await SleepAsync(crash, crash.Glance.Hold("GET", KillRow.HiddenOfAll, BeforeAnswer), AnotherRunTakesTheLockAsync);

        Assert.Equal($"{PruneScenario.First} active, {PruneScenario.Second} active", await crash.Base.StandAsync());
        await crash.AssertWholeAsync("paused before pruning, for longer than its lease");
    }

    private async Task WhileAnotherRunDoesItAllAsync()
    {
        await using var crash = await StartAsync();

        await SleepAsync(crash, crash.Glance.Hold("PATCH", KillRow.Image, BeforeRequest, nth: 2), AnotherRunEndsAsync);

        Assert.Equal($"{PruneScenario.Second} active", await crash.Base.StandAsync());
        await crash.AssertWholeAsync("paused while another run did it all");
    }

    /// <summary>The sleeper's lease ends at once: what the service does by itself after a minute.</summary>
    private static async Task AnotherRunTakesTheLockAsync(CrashScenario crash)
    {
        await crash.Container!.GetBlobClient("run.lock").GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancel);
        Assert.Equal(Another, await new BlobRunLock(crash.Container!).AcquireAsync(Another, Cancel));
    }

    private static async Task AnotherRunEndsAsync(CrashScenario crash)
    {
        await AnotherRunTakesTheLockAsync(crash);
        await new BlobRunLock(crash.Container!).ReleaseAsync(Another, Cancel);
        var report = await crash.SyncAsync();
        Assert.True(report.IsGood, report.Outcomes[0].Reason);
        var pruned = Assert.Single(report.Pruning.Actions);
        Assert.True(pruned.Result is ActionResult.Done, pruned.Reason);
    }

    private static async Task SleepAsync(CrashScenario crash, GatedRequest held, Func<CrashScenario, Task> meanwhile)
    {
        var program = await crash.StartProgramAsync();
        await program.ReachAsync(held);

        await program.SignalAsync("STOP");
        await meanwhile(crash);
        held.Release();
        await program.SignalAsync("CONT");

        var ended = await program.EndAsync();
        Assert.Equal(1, ended.ExitCode);
    }

    private async Task<CrashScenario> StartAsync()
    {
        var crash = await CrashScenario.StartAsync(cloud, azurite.ConnectionString);
        crash.Base.Options = crash.Base.Options with { Publish = crash.Base.Options.Publish with { Keep = 1 } };
        crash.Publish(mebibytes: 1, PruneScenario.First);
        await crash.SyncAsync();
        crash.Publish(mebibytes: 1, PruneScenario.Second);
        return crash;
    }
}
