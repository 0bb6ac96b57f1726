using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Faults;

/// <summary>Whatever one publisher's files do, that distribution fails in one sentence and all others arrive.</summary>
public sealed class UpstreamFaultTests(DevCloud cloud)
{
    private const string Version = "20240717-1811";

    [Fact]
    public async Task A_wrong_published_digest_never_becomes_active_and_stops_nobody_else()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishWrongDigest(scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version));

        await AssertOnlyDebian12FailsAsync(scenario, "does not hash to sha512:");
    }

    [Fact]
    [Shows("a-damaged-image-never-becomes-active")]
    public async Task A_damaged_image_never_becomes_active()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        UpstreamTree.DamageImage(scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version));

        await AssertOnlyDebian12FailsAsync(scenario, "does not hash to sha512:");
    }

    [Fact]
    public async Task A_missing_checksum_file_is_a_failure_and_not_a_success()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        UpstreamTree.RemoveChecksums(scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version));

        await AssertOnlyDebian12FailsAsync(scenario, "404");
    }

    [Fact]
    public async Task A_missing_image_is_a_failure()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        File.Delete(scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version).File);

        await AssertOnlyDebian12FailsAsync(scenario, "404");
    }

    [Fact]
    public async Task A_checksum_file_without_our_name_is_a_failure()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        await File.WriteAllTextAsync(
            image.ChecksumFile, $"{new string('0', 128)}  something-else.qcow2\n", TestContext.Current.CancellationToken);

        await AssertOnlyDebian12FailsAsync(scenario, Path.GetFileName(image.File));
    }

    [Fact]
    public async Task An_odd_line_in_a_checksum_file_harms_nobody()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        await File.AppendAllTextAsync(
            image.ChecksumFile, "what is this line doing here, and this one word\nodd\n", TestContext.Current.CancellationToken);

        var report = await scenario.SyncAsync("debian12");

        Assert.Equal(OutcomeKind.Published, Assert.Single(report.Outcomes).Kind);
    }

    [Fact]
    [Shows("an-image-that-points-at-a-file-of-the-host-never-becomes-active")]
    public async Task An_image_that_points_at_a_file_of_the_host_never_becomes_active()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version, content: new Qcow2Builder { BackingFile = "/etc/passwd" });

        await AssertOnlyDebian12FailsAsync(scenario, "backing file");
    }

    [Fact]
    public async Task A_checksum_file_signed_by_somebody_else_is_refused()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishUbuntu("noble", "20240921");
        scenario.Tree.Sign(image, new SigningKey());
        scenario.Tree.PublishDebian(DebianRelease.Trixie, Version);

        var report = await scenario.SyncAsync("ubuntu24", "debian13");

        Assert.Equal(OutcomeKind.Failed, report.Outcomes[0].Kind);
        Assert.Equal(OutcomeKind.Published, report.Outcomes[1].Kind);
        Assert.Equal(
            0, scenario.Upstream.Requests.Count(request => request.IsImage && request.Path.Contains("noble", StringComparison.Ordinal)));
    }

    private static async Task AssertOnlyDebian12FailsAsync(Scenario scenario, string because)
    {
        scenario.Tree.PublishDebian(DebianRelease.Trixie, Version);

        var report = await scenario.SyncAsync("debian12", "debian13");

        var (failed, good) = (report.Outcomes[0], report.Outcomes[1]);
        Assert.Equal(OutcomeKind.Failed, failed.Kind);
        Assert.Contains(because, failed.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Environment.NewLine, failed.Reason, StringComparison.Ordinal);
        Assert.Equal(OutcomeKind.Published, good.Kind);
        Assert.False(report.IsGood);
        Assert.Equal("debian13", (string?)Assert.Single(await scenario.ImagesAsync())["imgsync.distribution"]);
        Assert.Empty(scenario.HalfMade());
    }
}
