using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Microsoft.Extensions.DependencyInjection;
using static Imgsync.Testing.Moment;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>What a Keystone or Glance does that dies, fills up or forgets us in the middle of a run.</summary>
[Long]
public sealed class BrokenCloudTests(OwnCloud own) : IClassFixture<OwnCloud>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Shows("glance-dies-in-the-middle-of-an-upload-and-the-program-too")]
    public async Task Glance_dies_in_the_middle_of_an_upload_and_the_program_too()
    {
        await using var crash = await StartAsync();
        var upload = crash.Glance.Hold("PUT", KillRow.Content, MiddleOfBody(1_500_000));
        var program = await crash.StartProgramAsync();
        await program.ReachAsync(upload);
        await Eventually.TrueAsync(
            "the image is being saved", async () => (string?)(await crash.Base.ImagesAsync())[0]["status"] is "saving");

        await own.Cloud.KillGlanceAsync(Cancel);
        await program.KillAsync();
        upload.Cut();
        await own.Cloud.RestartGlanceAsync(Cancel);

        Assert.Equal("saving", (string?)Assert.Single(await crash.Base.ImagesAsync())["status"]);
        await crash.AssertWholeAsync("Glance and the program killed mid-upload, Glance restarted");
    }

    [Fact]
    [Shows("glance-dies-in-the-middle-of-an-upload-and-comes-back")]
    public async Task Glance_dies_in_the_middle_of_an_upload_and_comes_back()
    {
        await using var crash = await StartAsync();
        var upload = crash.Glance.Hold("PUT", KillRow.Content, MiddleOfBody(1_500_000));
        var running = crash.SyncThroughGlanceAsync();
        await upload.Reached;

        await own.Cloud.KillGlanceAsync(Cancel);
        upload.Cut();
        await own.Cloud.RestartGlanceAsync(Cancel);

        await AssertFailedAsync(running);
        await crash.AssertWholeAsync("Glance killed mid-upload and restarted");
    }

    [Fact]
    [Shows("keystone-goes-down-before-the-publishing")]
    public async Task Keystone_goes_down_before_the_publishing()
    {
        await using var crash = await StartAsync();
        var publishing = crash.Glance.Hold("PATCH", KillRow.Image, BeforeRequest, nth: 2);
        var running = crash.SyncThroughGlanceAsync();
        await publishing.Reached;

        await own.Cloud.StopKeystoneAsync(Cancel);
        try
        {
            publishing.Release();
            await AssertFailedAsync(running);
        }
        finally
        {
            await own.Cloud.StartKeystoneAsync(Cancel);
        }

        await crash.AssertWholeAsync("Keystone down");
    }

    [Theory]
    [Shows("the-token-is-revoked")]
    [InlineData("token revoked in the middle of an upload", "PUT", KillRow.Content, 1)]
    [InlineData("token revoked before the publishing", "PATCH", KillRow.Image, 2)]
    public async Task The_token_is_revoked(string row, string method, string pattern, int nth)
    {
        await using var crash = await StartAsync();
        crash.Base.Options = crash.ThroughGlance();
        var held = crash.Glance.Hold(method, pattern, method is "PUT" ? MiddleOfBody(1_500_000) : BeforeRequest, nth);
        await using var services = crash.Base.Services();
        var running = services.GetRequiredService<SyncRun>().RunAsync(
            new() { Distributions = ["debian12"] }, new Progress<ImageProgress>(), Cancel);
        await held.Reached;

        var token = await services.GetRequiredService<CloudDirectory>().Connect(crash.Base.Cloud.Name).Keystone.GetTokenAsync(Cancel);
        await own.Cloud.RevokeAsync(token.Value, Cancel);
        held.Release();
        var report = await running;

        // A small request is repeated under a new token; a body is never replayed.
        Assert.True(report.IsGood || method is "PUT", report.Outcomes[0].Reason);
        await crash.AssertWholeAsync(row);
    }

    [Fact]
    [Shows("the-quota-is-reached")]
    public async Task The_quota_is_reached()
    {
        await using var crash = await StartAsync();
        await own.Cloud.SetQuotaAsync(1_000_000, Cancel);
        try
        {
            await AssertFailedAsync(crash.SyncAsync(), "user_storage_quota");
        }
        finally
        {
            await own.Cloud.SetQuotaAsync(0, Cancel);
        }

        await crash.AssertWholeAsync("quota reached");
    }

    [Fact]
    [Shows("the-disk-under-glances-store-is-full")]
    public async Task The_disk_under_Glances_store_is_full()
    {
        await using var crash = await StartAsync();
        await using (await SmallDisk.MountAsync(own.Cloud.StoreFolder))
            await AssertFailedAsync(crash.SyncAsync(), "413");

        await crash.AssertWholeAsync("disk full in Glance's store");
    }

    private async Task<CrashScenario> StartAsync()
    {
        var crash = await CrashScenario.StartAsync(own.Cloud);
        crash.Publish();
        return crash;
    }

    private static async Task AssertFailedAsync(Task<SyncReport> running, string because = "")
    {
        var outcome = Assert.Single((await running).Outcomes);
        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Contains(because, outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("unforeseen", outcome.Reason, StringComparison.Ordinal);
    }
}
