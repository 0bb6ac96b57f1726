using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Microsoft.Extensions.DependencyInjection;
using static Imgsync.Testing.Moment;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>What a publisher's server does in the middle of a run: it breaks off, falls silent, trickles, and changes its files.</summary>
public sealed class UnsteadyUpstreamTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, ProxyFault, string> Wire => new()
    {
        { "upstream cut", ProxyFault.CutAfter(2_000_000), "ended after" },
        { "upstream reset", ProxyFault.ResetAfter(2_000_000), "broke off" },
        { "upstream stalled", ProxyFault.StallAfter(2_000_000), "stalled for" },
    };

    [Theory]
    [Shows("the-connection-breaks-in-the-middle-of-the-image")]
    [MemberData(nameof(Wire))]
    public async Task The_connection_breaks_in_the_middle_of_the_image(string row, ProxyFault fault, string because)
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish();
        await using var proxy = new FaultProxy(crash.Base.Upstream.Url) { Fault = fault };
        crash.Base.Options =
            crash.Base.Options with { Upstream = crash.Base.Options.Upstream with { IdleTimeout = TimeSpan.FromSeconds(2) } };
        crash.Base.ReadDebianFrom(proxy.Url);

        await AssertEndsAsync(crash, OutcomeKind.Failed, because);

        proxy.Fault = ProxyFault.None;
        await crash.AssertWholeAsync(row);
    }

    [Fact]
    [Shows("the-image-trickles-and-what-came-is-kept")]
    public async Task The_image_trickles_and_what_came_is_kept()
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish();
        await using var proxy = new FaultProxy(crash.Base.Upstream.Url) { Fault = ProxyFault.StallAfter(1_500_000) };
        crash.Base.ReadDebianFrom(proxy.Url);
        var patient = crash.Base.Options;
        crash.Base.Options = patient with { Workflow = patient.Workflow with { ActivityBudget = TimeSpan.FromSeconds(10) } };

        var running = ActAsync(crash);
        await Eventually.TrueAsync("so much has come", () => proxy.Passed >= 1_500_000);
        proxy.Fault = ProxyFault.SlowTo(1024).OfDownloads();
        var outcome = await running;

        Assert.True(outcome.Kind is OutcomeKind.Unfinished, outcome.Reason);
        Assert.True(await crash.StagedAsync() > 0);
        (proxy.Fault, crash.Base.Options) = (ProxyFault.None, patient);
        await crash.AssertWholeAsync("upstream slowed to 1 KiB/s");
    }

    [Fact]
    [Shows("the-pointer-moves-between-two-requests")]
    public async Task The_pointer_moves_between_two_requests()
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish(revision: Pruning.PruneScenario.First);
        crash.Base.Options = crash.Base.Options with { Publish = crash.Base.Options.Publish with { Keep = 1 } };
        var held = crash.Upstream.Hold("GET", "SHA512SUMS$", BeforeRequest);
        var running = crash.SyncAsync();
        await held.Reached;

        crash.Publish(revision: Pruning.PruneScenario.Second);
        held.Release();

        var outcome = Assert.Single((await running).Outcomes);
        Assert.Equal((OutcomeKind.Published, Pruning.PruneScenario.First), (outcome.Kind, outcome.Revision));
        await crash.AssertWholeAsync("the pointer moves between two requests");
    }

    [Fact]
    [Shows("the-file-is-still-growing")]
    public async Task The_file_is_still_growing()
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        var whole = await File.ReadAllBytesAsync(crash.Publish().File, Cancel);
        await File.WriteAllBytesAsync(crash.Image!.File, whole.AsMemory(0, 2_000_000), Cancel);

        await AssertEndsAsync(crash, OutcomeKind.Failed, "does not hash to sha512:");

        Assert.Empty(await crash.Base.ImagesAsync());
        await File.WriteAllBytesAsync(crash.Image.File, whole, Cancel);
        await crash.AssertWholeAsync("the file is still growing");
    }

    [Fact]
    [Shows("the-file-changes-while-the-program-is-dead")]
    public async Task The_file_changes_while_the_program_is_dead()
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        var image = crash.Publish();
        await crash.KillAtAsync(crash.Upstream.Hold("GET", @"\.qcow2$", MiddleOfAnswer((2 << 20) + 5000)), bytes: 1 << 20);

        File.SetLastWriteTimeUtc(image.File, DateTime.UtcNow.AddMinutes(1)); // another version, by its ETag
        await crash.Staging.LetLeasesEndAsync();
        var outcome = Assert.Single((await crash.SyncAsync()).Outcomes);

        Assert.Equal((OutcomeKind.Published, image.Length), (outcome.Kind, outcome.BytesDownloaded));
        await crash.AssertWholeAsync("the file changes while the program is dead");
    }

    [Fact]
    [Shows("the-publishers-name-cannot-be-resolved")]
    public async Task The_publishers_name_cannot_be_resolved()
    {
        await using var crash = await CrashScenario.StartAsync(cloud);
        crash.Publish();
        var resolvable = crash.Base.Options;
        crash.Base.ReadDebianFrom(new Uri("http://cloud.debian.invalid/"));

        await AssertEndsAsync(crash, OutcomeKind.Failed, "cloud.debian.invalid");

        crash.Base.Options = resolvable;
        await crash.AssertWholeAsync("DNS failure");
    }

    /// <summary>One activity of the hosted workflow.</summary>
    private static async Task<ImageOutcome> ActAsync(CrashScenario crash)
    {
        await using var services = crash.Base.Services();
        var steps = services.GetRequiredService<RunSteps>();
        var plan = await steps.PlanAsync(RunId.Parse("trickling"), new RunRequest { Distributions = ["debian12"] }, Cancel);
        var result = await steps.SyncAsync(new SyncWork("debian12", crash.Base.Cloud.Name, plan.Run), Cancel);
        await steps.EndAsync(plan.Run, report: null, parts: [], Cancel);
        return result.Outcome;
    }

    private static async Task AssertEndsAsync(CrashScenario crash, OutcomeKind kind, string because)
    {
        var outcome = Assert.Single((await crash.SyncAsync()).Outcomes);
        Assert.Equal(kind, outcome.Kind);
        Assert.Contains(because, outcome.Reason, StringComparison.Ordinal);
    }
}
