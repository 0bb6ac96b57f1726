using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Imgsync.Cloud.Tests.Telemetry;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Importing;

/// <summary>Images that get into a real Glance by its import, from its own staging area and from a real Azurite.</summary>
public sealed class ImportTests(DevCloud cloud, Azurite azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Content_is_staged_in_Glance_while_it_is_downloaded_and_imported_into_all_stores_at_once()
    {
        await using var scenario = await StartAsync(UploadMethod.GlanceDirect);
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { Stores = ["spare", "file"] } };
        var published = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal((OutcomeKind.Published, null), (outcome.Kind, outcome.Warning));
        Assert.Equal((published.Length, published.Length), (outcome.BytesDownloaded, outcome.BytesUploaded));
        var image = Assert.Single(await scenario.ImagesAsync());
        Assert.Equal(
            ("active", "public", published.Sha512.Hex, published.Sha512.Hex),
            ((string?)image["status"], (string?)image["visibility"], (string?)image["os_hash_value"], (string?)image["imgsync.sha512"]));
        Assert.Equal("file,spare", string.Join(',', ((string)image["stores"]!).Split(',').Order(StringComparer.Ordinal)));
        Assert.Null(image["imgsync.import"]);
        var tasks = await TasksAsync(scenario, image);
        Assert.Equal("glance-direct", (string?)Assert.Single(tasks)["input"]!["import_req"]!["method"]!["name"]);

        var again = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);
        Assert.Equal(OutcomeKind.UpToDate, again.Kind);
        Assert.DoesNotContain("changed", again.Reason, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("the-link-is-written-nowhere-and-dead-afterwards")]
    public async Task Glance_fetches_the_staged_blob_by_a_link_that_nobody_sees_and_that_is_dead_afterwards()
    {
        await using var scenario = await StartAsync(UploadMethod.WebDownload);
        var container = UseBlobs(scenario);
        var published = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        using var run = await RecordedRun.OfAsync(scenario, new RunRequest { Distributions = ["debian12"] });

        var image = Assert.Single(await scenario.ImagesAsync());
        Assert.Equal(
            ("active", "public", published.Sha512.Hex),
            ((string?)image["status"], (string?)image["visibility"], (string?)image["os_hash_value"]));
        Assert.Equal(published.Length, scenario.Upstream.ImageBytes);
        Assert.Null(image["imgsync.import"]);
        var again = await scenario.SyncAsync("debian12");
        Assert.Equal(OutcomeKind.UpToDate, Assert.Single(again.Outcomes).Kind);

        // Glance alone has kept the link.
        var link = (string)Assert.Single(await TasksAsync(scenario, image))["input"]!["import_req"]!["method"]!["uri"]!;
        Assert.Contains("sig=", link, StringComparison.Ordinal);
        using var stranger = new HttpClient();
        using var answer = await stranger.GetAsync(link, Cancel);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
        var blobs = await container.GetBlobsAsync(BlobTraits.All, BlobStates.Snapshots, prefix: null, Cancel).ToListAsync(Cancel);
        Assert.DoesNotContain(blobs, blob => blob.Snapshot is not null);
        var written = new List<string>(scenario.Log.Lines)
        {
            JsonSerializer.Serialize(again), image.ToJsonString(),
        };
        written.AddRange(run.Spans.SelectMany(span => span.TagObjects).Select(tag => $"{tag.Key} {tag.Value}"));
        written.AddRange(run.Measured.SelectMany(measured => measured.Tags).Select(tag => $"{tag.Key} {tag.Value}"));
        foreach (var blob in blobs.Where(blob => !blob.Name.EndsWith(".qcow2", StringComparison.Ordinal)))
            written.Add((await container.GetBlobClient(blob.Name).DownloadContentAsync(Cancel)).Value.Content.ToString());
        var signature = System.Web.HttpUtility.ParseQueryString(new Uri(link).Query)["sig"]!;
        Assert.All(written, text => Assert.False(
            text.Contains(signature, StringComparison.Ordinal) || text.Contains(Uri.EscapeDataString(signature), StringComparison.Ordinal)
                || text.Contains("sig=", StringComparison.Ordinal),
            text));
    }

    [Fact]
    public async Task What_cannot_go_the_way_that_was_asked_for_goes_another_with_one_sentence()
    {
        await using var scenario = await StartAsync(UploadMethod.WebDownload);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        Assert.Equal(
            "publish.upload is web-download, but images are staged in a folder, which Glance cannot read: the image is uploaded instead.",
            outcome.Warning);
        Assert.Empty(await TasksAsync(scenario, Assert.Single(await scenario.ImagesAsync())));
    }

    [Fact]
    public async Task A_damaged_copy_that_Glance_has_fetched_is_removed_and_fetched_anew_in_the_same_run()
    {
        await using var scenario = await StartAsync(UploadMethod.WebDownload);
        var container = UseBlobs(scenario);
        scenario.Options = scenario.Options with
        {
            Workflow = scenario.Options.Workflow with { Attempts = 2, FirstRetryAfter = TimeSpan.FromMilliseconds(50) },
        };
        var published = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DownloadOnly = true });
        await ImportingCloud.DamageAsync(container, Cancel);

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.True(outcome.Kind is OutcomeKind.Published, outcome.Reason);
        Assert.Equal(published.Length, outcome.BytesDownloaded);
        Assert.Equal(published.Sha512.Hex, (string?)Assert.Single(await scenario.ImagesAsync())["os_hash_value"]);
    }

    [Fact]
    public async Task An_upload_goes_past_Glances_plugins_so_that_we_convert_what_they_should_have()
    {
        await using var scenario = await StartAsync(UploadMethod.Stream);
        scenario.Options = scenario.Options with
        {
            Publish = scenario.Options.Publish with { DiskFormat = ImageFormat.Raw, Conversion = ImageConversion.Glance },
        };
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: new Qcow2Builder { IsPartitioned = true, Seed = 53 });

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.True(outcome.Kind is OutcomeKind.Published, outcome.Reason);
        Assert.EndsWith("converted to raw from qcow2", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(
            "publish.conversion is glance, but publish.upload is stream, which goes past the plugins of Glance's import: the image is converted "
                + "by imgsync and uploaded instead.",
            outcome.Warning);
    }

    private static async Task<IReadOnlyList<JsonObject>> TasksAsync(Scenario scenario, JsonObject image)
    {
        using var glance = await scenario.ProbeAsync();
        return await glance.TasksAsync((string)image["id"]!, Cancel);
    }

    private async Task<Scenario> StartAsync(UploadMethod upload)
    {
        var scenario = await Scenario.StartAsync(cloud);
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { Upload = upload } };
        return scenario;
    }

    private BlobContainerClient UseBlobs(Scenario scenario)
    {
        var container = new BlobContainerClient(azurite.ConnectionString, Azurite.UniqueContainer());
        scenario.Options = scenario.Options with
        {
            Staging = new StagingOptions { ConnectionString = new Secret(azurite.ConnectionString), Container = container.Name },
        };
        return container;
    }
}
