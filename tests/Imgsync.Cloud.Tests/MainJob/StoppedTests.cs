using System.Globalization;
using Imgsync.Cloud.Tests.Survival;
using Imgsync.Core.Runs;
using Microsoft.Extensions.DependencyInjection;
using static Imgsync.Testing.Moment;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>Whatever stops an image on its way keeps every byte that came: the next run asks for the rest, and for nothing else.</summary>
[Long]
public sealed class StoppedTests(DevCloud cloud, Azurite azurite)
{
    /// <summary>No whole number of blocks, neither of a pass nor of blob storage.</summary>
    private const int Came = (9 << 20) + 200_000;

    /// <summary>More than the heads of answers and the small files before the image have.</summary>
    private const int Beside = 100_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [Shows("a-stop-keeps-what-came")]
    [InlineData("INT", false)]
    [InlineData("TERM", false)]
    [InlineData("INT", true)]
    [InlineData("TERM", true)]
    public async Task A_signal_leaves_all_that_came_and_a_report_that_says_how_much(string signal, bool blobs)
    {
        await using var crash = await StartAsync(blobs);
        var held = crash.Upstream.Hold("GET", @"\.qcow2$", MiddleOfAnswer(Came));
        var program = await crash.StartProgramAsync();
        await program.ReachAsync(held);
        await Eventually.TrueAsync("the program has read all that was sent", () => !IsOnItsWay(crash.Upstream.Url.Port));

        await program.SignalAsync(signal);
        var ended = await program.EndAsync();
        held.Cut();

        Assert.Equal(130, ended.ExitCode);
        Assert.Matches(@"(?m)^debian12\s+\S+\s+cancelled\s", ended.StandardOutput);
        Assert.Contains("the next run goes on from there", ended.StandardError, StringComparison.Ordinal);
        var report = await LastReportAsync(crash);
        Assert.True(report.Cancelled);
        Assert.Empty(await crash.Base.ImagesAsync());
        await AssertGoesOnAsync(crash, Assert.Single(report.Outcomes).BytesDownloaded);
    }

    [Theory]
    [Shows("a-stop-keeps-what-came")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_last_failed_attempt_leaves_all_that_came_in_all_of_them(bool blobs)
    {
        await using var crash = await StartAsync(blobs);
        await using var proxy = new FaultProxy(crash.Upstream.Url) { Fault = ProxyFault.CutAfter(Came).OfDownloads() };
        crash.Base.Options = crash.Base.Options with
        {
            Workflow = crash.Base.Options.Workflow with { Attempts = 2, FirstRetryAfter = TimeSpan.FromMilliseconds(1) },
        };
        crash.Base.ReadDebianFrom(proxy.Url);

        var outcome = Assert.Single((await crash.SyncAsync()).Outcomes);

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        await AssertGoesOnAsync(crash, outcome.BytesDownloaded, ReadDirectly);
    }

    [Theory]
    [Shows("a-stop-keeps-what-came")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_spent_time_out_leaves_all_that_came(bool blobs)
    {
        await using var crash = await StartAsync(blobs);
        await using var proxy = new FaultProxy(crash.Upstream.Url) { Fault = ProxyFault.StallAfter(Came).OfDownloads() };
        crash.Base.Options = crash.Base.Options with
        {
            Upstream = crash.Base.Options.Upstream with { ImageTimeout = TimeSpan.FromSeconds(15), IdleTimeout = TimeSpan.FromMinutes(5) },
        };
        crash.Base.ReadDebianFrom(proxy.Url);

        var outcome = Assert.Single((await crash.SyncAsync()).Outcomes);

        Assert.Equal(FailureKindOf<Core.Sync.TimeSpentException>(), outcome.Failure);
        Assert.Contains("what has been downloaded is kept", outcome.Reason, StringComparison.Ordinal);
        await AssertGoesOnAsync(crash, outcome.BytesDownloaded, ReadDirectly);
    }

    /// <summary>Whether the system holds bytes that one end of a connection has sent and the other has not read.</summary>
    private static bool IsOnItsWay(int port) => File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6"))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(socket => socket[1..3].Any(end => end.EndsWith($":{port:X4}", StringComparison.Ordinal)) && socket[4] is not "00000000:00000000");

    private static string FailureKindOf<T>() => Core.FailureKind.OfType(typeof(T).Name);

    /// <summary>Past what spoils the connections: from another place, that is.</summary>
    private static void ReadDirectly(CrashScenario crash) => crash.Base.ReadDebianFrom(crash.Upstream.Url);

    private static async Task<SyncReport> LastReportAsync(CrashScenario crash)
    {
        await using var services = crash.Base.Services();
        return (await services.GetRequiredService<ReportStore>().FindLastAsync(Cancel))!;
    }

    /// <summary>The next run asks the publisher for the rest, and gets as much as was missing.</summary>
    /// <param name="came">What the stopped run says it has fetched.</param>
    private static async Task AssertGoesOnAsync(CrashScenario crash, long came, Action<CrashScenario>? mend = null)
    {
        Assert.InRange(came, Came - Beside, Came);
        Assert.Equal(came, await crash.StagedAsync());
        mend?.Invoke(crash);
        var before = crash.Base.Upstream.Requests.Count;

        await crash.AssertWholeAsync($"stopped with {came} bytes");

        var asked = Assert.Single(crash.Base.Upstream.Requests.Skip(before), request => request.IsImage);
        Assert.Equal(
            (string.Create(CultureInfo.InvariantCulture, $"bytes={came}-"), crash.Image!.Length - came), (asked.Range, asked.BytesSent));
    }

    private async Task<CrashScenario> StartAsync(bool blobs)
    {
        var crash = await CrashScenario.StartAsync(cloud, blobs ? azurite.ConnectionString : null);
        crash.Publish(mebibytes: 18);
        return crash;
    }
}
