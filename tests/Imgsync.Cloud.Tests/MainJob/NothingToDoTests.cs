using System.Text.Json.Nodes;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>What a run costs that finds nothing to do, and what its memory must never talk it into.</summary>
public sealed class NothingToDoTests(DevCloud cloud)
{
    private static readonly string[] Three = ["debian12", "debian13", "ubuntu24"];

    [Fact]
    public async Task One_request_for_each_distribution_and_one_look_at_the_cloud_settle_everything()
    {
        await using var scenario = await StartAsync();
        await using var glance = new RequestGate(cloud.GlanceUrl);
        scenario.Options = scenario.Options with
        {
            Clouds = [scenario.Cloud with { ImageEndpoint = glance.Url }],
        };
        await scenario.SyncAsync(Three);
        var (asked, listed) = (scenario.Upstream.Requests.Count, glance.Requests.Count);

        var report = await scenario.SyncAsync(Three);

        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.UpToDate, outcome.Kind));
        Assert.Equal([304, 304, 304], scenario.Upstream.Requests.Skip(asked).Select(request => request.Status));

        // Glance shows hidden images in a list of their own.
        Assert.Equal(["false", "true"], glance.Requests.Skip(listed).Select(HiddenIn).Order(StringComparer.Ordinal));
    }

    /// <summary>So that a cloud with a thousand images costs no more for each.</summary>
    [Fact]
    public async Task A_publication_asks_for_its_own_images_and_the_clean_up_once_for_all()
    {
        await using var scenario = await StartAsync();
        await using var glance = new RequestGate(scenario.Cloud.ImageEndpoint ?? cloud.GlanceUrl);
        scenario.Options = scenario.Options with
        {
            Clouds = [scenario.Cloud with { ImageEndpoint = glance.Url }],
        };

        await scenario.SyncAsync(Three);

        var lists = glance.Requests.Where(request => request.StartsWith("GET /v2/images?", StringComparison.Ordinal)).ToLookup(IsOfOne);
        Assert.Equal(3 * 5, lists[true].Count());
        Assert.Equal(["false", "true"], lists[false].Select(HiddenIn).Order(StringComparer.Ordinal));

        static bool IsOfOne(string list) =>
            Array.Exists(
                ["?limit=1&", "&imgsync.distribution=", "&imgsync.sha256=", "&imgsync.sha512="],
                part => list.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_report_says_the_same_from_memory_as_it_did_when_everything_was_verified()
    {
        await using var scenario = await StartAsync();
        await scenario.SyncAsync(Three);

        var verified = await scenario.SyncAsync(new RunRequest { Distributions = Three, Force = true, DryRun = true });
        var recalled = await scenario.SyncAsync(Three);

        Assert.Equal(
            verified.Outcomes.Select(outcome => (outcome.Distribution, outcome.Revision, outcome.Provenance)),
            recalled.Outcomes.Select(outcome => (outcome.Distribution, outcome.Revision, outcome.Provenance)));
    }

    [Fact]
    public async Task An_image_that_somebody_deleted_is_published_again_though_upstream_has_nothing_new()
    {
        await using var scenario = await StartAsync();
        await scenario.SyncAsync(Three);
        using var glance = await scenario.ProbeAsync();
        var deleted = (await scenario.ImagesAsync()).Single(image => (string?)image["imgsync.distribution"] == "ubuntu24");
        await glance.DeleteAsync((string)deleted["id"]!, TestContext.Current.CancellationToken);

        var report = await scenario.SyncAsync(Three);

        Assert.Equal([OutcomeKind.UpToDate, OutcomeKind.UpToDate, OutcomeKind.Published], report.Outcomes.Select(outcome => outcome.Kind));
        Assert.Equal(3, (await scenario.ImagesAsync()).Count);
    }

    [Fact]
    public async Task A_new_image_is_found_although_the_old_one_is_remembered()
    {
        await using var scenario = await StartAsync();
        await scenario.SyncAsync(Three);
        scenario.Tree.PublishUbuntu("noble", "20240922");

        var report = await scenario.SyncAsync(Three);

        Assert.Equal([OutcomeKind.UpToDate, OutcomeKind.UpToDate, OutcomeKind.Published], report.Outcomes.Select(outcome => outcome.Kind));
        Assert.Equal("20240922", report.Outcomes[2].Revision);
    }

    [Theory]
    [InlineData("Digest")]
    [InlineData("Revision")]
    [InlineData("SignedBy")]
    public async Task A_memory_that_somebody_changed_is_not_believed_and_publishes_nothing(string what)
    {
        await using var scenario = await StartAsync();
        await scenario.SyncAsync(Three);
        var asked = scenario.Upstream.Requests.Count;
        Tamper(scenario, "ubuntu24", what);

        var report = await scenario.SyncAsync(Three);

        // The remembered image is not the one in Glance, so all was verified again, signature included, and found in place.
        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.UpToDate, outcome.Kind));
        Assert.Equal("20240921", report.Outcomes[2].Revision);
        Assert.Contains(
            scenario.Upstream.Requests.Skip(asked), request => request.Path.EndsWith("/20240921/SHA256SUMS.gpg", StringComparison.Ordinal));
        Assert.Equal(3, (await scenario.ImagesAsync()).Count);
    }

    [Fact]
    public async Task A_place_that_somebody_wrote_into_the_memory_is_never_downloaded_from()
    {
        await using var scenario = await StartAsync();
        await scenario.SyncAsync(Three);
        Tamper(scenario, "ubuntu24", "Location");
        using var glance = await scenario.ProbeAsync();
        foreach (var image in await scenario.ImagesAsync())
            await glance.DeleteAsync((string)image["id"]!, TestContext.Current.CancellationToken);
        Directory.Delete(Path.Combine(scenario.StagingFolder, "ubuntu24"), recursive: true);

        var report = await scenario.SyncAsync(Three);

        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.Published, outcome.Kind));
    }

    [Fact]
    public async Task A_dry_run_remembers_nothing()
    {
        await using var scenario = await StartAsync();

        await scenario.SyncAsync(new RunRequest { Distributions = Three, DryRun = true });

        Assert.False(Directory.Exists(Path.Combine(scenario.StagingFolder, "resolved")));
    }

    private static string HiddenIn(string request) => request.StartsWith("GET /v2/images?", StringComparison.Ordinal)
        ? request.Split('?', '&').Single(
            part => part.StartsWith("os_hidden=", StringComparison.Ordinal))["os_hidden=".Length..].Split(' ')[0]
        : request;

    private static void Tamper(Scenario scenario, string distribution, string what)
    {
        var file = Path.Combine(scenario.StagingFolder, "resolved", $"{distribution}.json");
        var memory = JsonNode.Parse(File.ReadAllText(file))!;
        var image = memory["Image"]!;
        switch (what)
        {
            case "Digest":
                image["Digest"] = $"sha256:{new string('e', 64)}";
                break;
            case "SignedBy":
                image["Provenance"]!["SignedBy"] = new string('E', 40);
                break;
            case "Location":
                image["Location"] = "http://127.0.0.1:9/evil.img";
                break;
            default:
                image[what] = "20990101";
                break;
        }

        File.WriteAllText(file, memory.ToJsonString());
    }

    private async Task<Scenario> StartAsync()
    {
        var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        scenario.Tree.PublishDebian(DebianRelease.Trixie, "20250814-2204");
        scenario.Tree.PublishUbuntu("noble", "20240921");
        return scenario;
    }
}
