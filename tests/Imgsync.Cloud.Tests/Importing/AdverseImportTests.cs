using Imgsync.Core;
using Imgsync.Core.Checking;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Cloud.Tests.Importing;

/// <summary>A Glance of these tests' own that refuses, changes, loses and breaks off what it is to import.</summary>
[Collection(nameof(ImportingCloud))]
[Long]
public sealed class AdverseImportTests(ImportingCloud own, Azurite azurite)
{
    private const string Fetch = @"/debian12/[^?]*\.qcow2\?";

    /// <summary>More than a few of the blocks in which bytes pass.</summary>
    private static readonly Qcow2Builder Large = new() { DataSize = 6 << 20, Seed = 31 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_uploads_are_switched_off_an_image_is_imported_without_a_second_download()
    {
        await using var scenario = await own.StartAsync(UploadMethod.Auto, policy: "\"upload_image\": \"!\"\n");
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);
        await using var services = scenario.Services();
        var check = await services.GetRequiredService<CloudCheck>().RunAsync(
            "devcloud", [new PlannedDistribution("debian12", ["devcloud"])], Cancel);

        Assert.Equal((OutcomeKind.Published, image.Length, null), (outcome.Kind, outcome.BytesUploaded, outcome.Warning));
        Assert.Equal(image.Length, scenario.Upstream.ImageBytes);
        Assert.Equal(image.Sha512.Hex, (string?)Assert.Single(await scenario.ImagesAsync())["os_hash_value"]);
        Assert.All(check, step => Assert.True(step.IsGood, $"{step}"));
        Assert.Contains(scenario.Log.Lines, line => line.Contains("takes no uploads, so images go by Glance's import", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Glance_whose_filters_refuse_the_link_gets_an_upload_which_we_convert_where_Glance_should_have()
    {
        await using var scenario = await own.StartAsync(
            UploadMethod.WebDownload,
            import: "[import_filtering_opts]\nallowed_hosts = [elsewhere.example]\n");
        UseBlobs(scenario);
        await using var glance = new RequestGate(own.Cloud.GlanceUrl);
        glance.AnswerAll("GET", "/info/import", Moment.BeforeRequest, 200, """{ "import-methods": { "value": ["web-download"] } }""");
        scenario.Options = scenario.Options with { Clouds = [scenario.Cloud with { ImageEndpoint = glance.Url }] };
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        scenario.Tree.PublishUbuntu("noble", "20240921", content: Large with { IsPartitioned = true });
        scenario.Options = scenario.Options with
        {
            Overrides = new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal)
            {
                ["ubuntu24"] = new()
                {
                    Publish = new PublishOverrides { DiskFormat = ImageFormat.Raw, Conversion = ImageConversion.Glance },
                },
            },
        };

        var outcomes = (await scenario.SyncAsync("debian12", "ubuntu24")).Outcomes.ToDictionary(
            outcome => outcome.Distribution, StringComparer.Ordinal);

        var (plain, converted) = (outcomes["debian12"], outcomes["ubuntu24"]);
        Assert.Equal(OutcomeKind.Published, plain.Kind);
        Assert.StartsWith("publish.upload is web-download, but this cloud refuses it (", plain.Warning, StringComparison.Ordinal);
        Assert.Contains("does not pass filtering", plain.Warning, StringComparison.Ordinal);
        Assert.EndsWith(": the image is uploaded instead.", plain.Warning, StringComparison.Ordinal);
        Assert.True(converted.Kind is OutcomeKind.Published, converted.Reason);
        Assert.Contains(
            "publish.conversion is glance, but this cloud offers no import but web-download, and this cloud refuses it (",
            converted.Warning, StringComparison.Ordinal);
        Assert.EndsWith(": the image is converted by imgsync and uploaded instead.", converted.Warning, StringComparison.Ordinal);
        Assert.EndsWith("converted to raw from qcow2", converted.Reason, StringComparison.Ordinal);
        var images = await scenario.ImagesAsync();
        Assert.Equal(["qcow2", "raw"], images.Select(image => (string)image["disk_format"]!).Order(StringComparer.Ordinal));
        Assert.All(images, image => Assert.Null(image["imgsync.import"]));
    }

    [Fact]
    public async Task An_import_that_fails_in_Glance_is_told_in_its_words_and_leaves_nothing()
    {
        await using var scenario = await own.StartAsync(UploadMethod.WebDownload);
        await using var storage = UseBlobs(scenario, gated: true)!;
        storage.CutAll("GET", Fetch + ".*snapshot=", Moment.MiddleOfAnswer(2 << 20));
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Matches(
            "^Cannot import image .* on cloud 'devcloud': it failed in Glance into file \\(os_glance_failed_import\\), whose task says \".+\"; "
                + "it may not reach the storage account",
            outcome.Reason);
        Assert.Empty(await scenario.ImagesAsync());
    }

    [Fact]
    [TakesMinutes(4)]
    public async Task After_Glance_was_killed_in_the_middle_of_an_import_the_next_run_cleans_up_and_publishes()
    {
        await using var scenario = await own.StartAsync(UploadMethod.WebDownload);
        await using var storage = UseBlobs(scenario, gated: true)!;
        var fetch = storage.Hold("GET", Fetch + ".*snapshot=", Moment.MiddleOfAnswer(2 << 20));
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);

        var run = scenario.SyncAsync("debian12");
        await Task.WhenAny(fetch.Reached, run);
        await own.Cloud.KillGlanceAsync(Cancel);
        fetch.Cut();
        var failed = Assert.Single((await run).Outcomes);
        await own.Cloud.RestartGlanceAsync(Cancel);
        var left = Assert.Single(await scenario.ImagesAsync());

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Failed, failed.Kind);
        Assert.Equal(("importing", "private"), ((string?)left["status"], (string?)left["visibility"]));
        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        var published = Assert.Single(await scenario.ImagesAsync());
        Assert.NotEqual((string?)left["id"], (string?)published["id"]);
        Assert.Equal(image.Sha512.Hex, (string?)published["os_hash_value"]);
        Assert.Equal(image.Length, scenario.Upstream.ImageBytes);
    }

    [Fact]
    public async Task An_import_that_does_not_end_is_given_up_and_one_that_ended_after_its_run_is_published_by_the_next()
    {
        await using var scenario = await own.StartAsync(UploadMethod.WebDownload);
        await using var storage = UseBlobs(scenario, gated: true)!;
        var fetch = storage.Hold("GET", Fetch + ".*snapshot=", Moment.MiddleOfAnswer(2 << 20));
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { ImportTimeout = TimeSpan.FromSeconds(1) } };
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);

        var given = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);
        fetch.Cut();

        Assert.Contains("Glance was not done after 1 s", given.Reason, StringComparison.Ordinal);
        Assert.Empty(await scenario.ImagesAsync());

        // Somebody presses Ctrl-C while Glance is at it, and Glance goes on.
        fetch = storage.Hold("GET", Fetch + ".*snapshot=", Moment.MiddleOfAnswer(2 << 20));
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { ImportTimeout = TimeSpan.FromHours(1) } };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var run = scenario.SyncAsync(new RunRequest { Distributions = ["debian12"] }, cancellationToken: stop.Token);
        await Task.WhenAny(fetch.Reached, run);
        await stop.CancelAsync();
        Assert.Equal(FailureKind.Cancelled, Assert.Single((await run).Outcomes).Failure);
        fetch.Release();
        var left = await Eventually.FoundAsync("Glance has got it", async () =>
            Assert.Single(await scenario.ImagesAsync()) is var image && (string?)image["status"] is "active" ? image : null);

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal((OutcomeKind.Published, 0, (string?)left["id"]), (outcome.Kind, outcome.BytesUploaded, outcome.ImageId));
        Assert.Equal("public", (string?)Assert.Single(await scenario.ImagesAsync())["visibility"]);
    }

    private RequestGate? UseBlobs(Scenario scenario, bool gated = false) => ImportingCloud.UseBlobs(scenario, azurite, gated);
}
