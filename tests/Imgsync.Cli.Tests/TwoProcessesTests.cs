using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>Two installations that know nothing of each other, started together in one project: an app and somebody's command line.
/// IMGSYNC_TEST_PAIRS in the environment is how many pairs are tried; the model of it is TwoInstallationsTests.</summary>
[Long]
public sealed class TwoProcessesTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int Pairs =>
        int.TryParse(Environment.GetEnvironmentVariable("IMGSYNC_TEST_PAIRS"), CultureInfo.InvariantCulture, out var pairs) ? pairs : 4;

    [Fact]
    [TakesMinutes(15)]
    public async Task Two_that_start_together_leave_one_image_of_each_revision_and_never_none()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Revision(0));
        await scenario.Program.RunAsync("sync", "debian12");
        await using var watch = new Watch(await cloud.ProbeAsync(Cancel), scenario.Prefix);

        for (var pair = 1; pair <= Pairs; pair++)
        {
            // By turns: a new revision with one kept, one with two kept, and one or both forced.
            var keep = pair % 2 + 1;
            scenario.Program.Environment["IMGSYNC__PUBLISH__KEEP"] = $"{keep}";
            string[] force = pair % 4 is 0 or 3 ? ["--force"] : [];
            if (pair % 4 is not 0)
                scenario.Tree.PublishDebian(DebianRelease.Bookworm, Revision(pair));
            var newest = pair % 4 is 0 ? Revision(pair - 1) : Revision(pair);

            await RunTogetherAsync(scenario, ["sync", "debian12", .. force], ["sync", "debian12", .. pair % 4 is 0 ? force : []]);

            // Whichever cleans up last has seen what the other has published: no third run is needed.
            var left = await RevisionsAsync(scenario);
            Assert.True(
                left.Count == keep && left[0] == newest && left.Distinct(StringComparer.Ordinal).Count() == keep,
                $"pair {pair} keeps {keep} with {newest} as the newest, and left {string.Join(", ", left)}");
        }

        await watch.StopAsync();
        Assert.True(watch.Looks > Pairs, $"{watch.Looks} looks");
        Assert.True(watch.Fewest > 0, $"in {watch.Looks} looks there were at least {watch.Fewest} images that users could boot from");
    }

    [Fact]
    public async Task While_an_image_is_published_again_one_always_bears_its_name()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Revision(0));
        await scenario.Program.RunAsync("sync", "debian12");
        await using var watch = new Watch(await cloud.ProbeAsync(Cancel), scenario.Prefix);

        do
        {
            var forced = await scenario.Program.RunAsync("sync", "debian12", "--force");
            Assert.Equal(0, forced.ExitCode);
        }
        while (watch.Looks <= 10); // a program that starts at once may be done after few

        await watch.StopAsync();
        Assert.True(watch is { Fewest: 1, Looks: > 10 }, $"in {watch.Looks} looks there was at least {watch.Fewest}");
        Assert.Single(await scenario.ImagesAsync());
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"Two images bore the name for {watch.Several.TotalMilliseconds:0} ms, by {watch.Looks} looks.");
    }

    private static string Revision(int pair) => $"20240717-{1811 + pair}";

    private static async Task RunTogetherAsync(SyncScenario scenario, string[] first, string[] second)
    {
        var ends = new List<CommandTask<BufferedCommandResult>>();
        foreach (var (place, arguments) in new[] { first, second }.Index())
        {
            scenario.Program.Environment["IMGSYNC__STAGING__FOLDER"] = $"{scenario.Staging}-{place}";
            ends.Add(scenario.Program.Start(arguments));
        }

        foreach (var end in ends)
        {
            var ended = await end;
            Assert.True(ended.ExitCode == 0, ended.StandardOutput + ended.StandardError);
        }
    }

    /// <summary>Newest first.</summary>
    private async Task<IReadOnlyList<string>> RevisionsAsync(SyncScenario scenario)
    {
        using var glance = await cloud.ProbeAsync(Cancel);
        return
        [
            .. (await glance.ListAsync(scenario.Prefix, Cancel)).Where(Watch.IsVisible)
                .Select(image => (string)image["imgsync.revision"]!)
                .OrderDescending(StringComparer.Ordinal),
        ];
    }

    /// <summary>Looks all the time how many images users could boot from.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private readonly GlanceProbe _glance;
        private readonly CancellationTokenSource _over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        private readonly Task _looking;

        public Watch(GlanceProbe glance, string prefix)
        {
            _glance = glance;
            _looking = Task.Run(async () =>
            {
                while (!_over.IsCancellationRequested)
                {
                    var started = Stopwatch.GetTimestamp();
                    var count = (await glance.ListAsync(prefix, Cancel)).Count(IsVisible);
                    Fewest = Math.Min(Fewest, count);
                    Several += count > 1 ? Stopwatch.GetElapsedTime(started) : TimeSpan.Zero;
                    Looks++;
                }
            });
        }

        public int Looks { get; private set; }

        /// <summary>For how long there were two or more.</summary>
        public TimeSpan Several { get; private set; }

        public int Fewest { get; private set; } = int.MaxValue;

        public static bool IsVisible(JsonObject image) =>
            (string?)image["status"] is "active" && (string?)image["visibility"] is "public" && !(bool)image["os_hidden"]!;

        /// <summary>Ends the looking; a look that failed fails the test.</summary>
        public async Task StopAsync()
        {
            await _over.CancelAsync();
            await _looking;
        }

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _glance.Dispose();
            _over.Dispose();
        }
    }
}
