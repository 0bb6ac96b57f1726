using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Imgsync.Cloud.Tests.Hosted;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Functions.Tests.Engine;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Importing;

/// <summary>Images that a real Glance converts by its plugin: what must come of them is known before it begins.</summary>
[Collection(nameof(ImportingCloud))]
public sealed class ConvertedByGlanceTests(ImportingCloud own, DevCloud plain, Azurite azurite, WorkflowEngine engine)
{
    private static readonly Qcow2Builder Disk = new() { VirtualSize = (9 << 20) + 512, DataSize = 6 << 20, IsPartitioned = true, Seed = 51 };

    /// <summary>What is read of a blob at a time.</summary>
    private const int ReadBytes = 4 << 20;

    private static readonly string ToRaw = Plugin("raw");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_plugin_makes_what_qemu_img_makes_and_the_staged_copy_is_read_once_for_however_many_clouds_fetch_it()
    {
        await using var scenario = await StartAsync();
        await using var storage = ImportingCloud.UseBlobs(scenario, azurite, gated: true)!;
        scenario.Options = scenario.Options with { Upstream = scenario.Options.Upstream with { Digests = DigestPolicy.All } };
        var first = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk);

        var planned = Assert.Single((await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DryRun = true })).Outcomes);
        var alone = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);
        var (image, again) = (Assert.Single(await scenario.ImagesAsync()), Assert.Single((await scenario.SyncAsync("debian12")).Outcomes));
        var second = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240803-1827", content: Disk with { Seed = 52 });
        using var other = await AddCloudAsync(scenario, "other", UploadMethod.Auto);
        using var third = await AddCloudAsync(scenario, "third", UploadMethod.WebDownload);
        var together = (await scenario.SyncAsync("debian12")).Outcomes;

        const string Told = "converted to raw by Glance";
        Assert.EndsWith($"is not there yet; {Told}", planned.Reason, StringComparison.Ordinal);
        Assert.Equal((OutcomeKind.Published, first.Length, 0, null), (alone.Kind, alone.BytesDownloaded, alone.BytesUploaded, alone.Warning));
        Assert.EndsWith($" is active and public; {Told}", alone.Reason, StringComparison.Ordinal);
        using var mine = await scenario.ProbeAsync();
        await AssertConvertedAsync(mine, image, first);
        Assert.Equal((OutcomeKind.UpToDate, alone.ImageId), (again.Kind, again.ImageId));
        Assert.DoesNotContain("changed", again.Reason, StringComparison.Ordinal);
        Assert.All(together, outcome => Assert.True(outcome.Kind is OutcomeKind.Published, outcome.Reason));
        Assert.Equal(
            [("devcloud", 0L), ("other", second.Length), ("third", 0L)],
            together.Select(outcome => (outcome.Cloud, outcome.BytesUploaded)).Order());
        Assert.Equal(second.Length, together.Sum(outcome => outcome.BytesDownloaded));
        foreach (var (glance, name) in new[] { (mine, "devcloud"), (other, "other"), (third, "third") })
        {
            var made = together.Single(outcome => outcome.Cloud == name).ImageId!;
            await AssertConvertedAsync(glance, (await glance.ShowAsync(made, Cancel))!, second);
            await glance.DeleteAsync(made, Cancel);
        }

        // One cloud alone has the copy read as often as three, but for what is sent to Glance's staging area.
        var sent = (int)((second.Length + ReadBytes - 1) / ReadBytes);
        Assert.Equal(Reads(storage, first) + sent, Reads(storage, second));
    }

    [Theory]
    [InlineData("", "has not converted image", "holds the published qcow2 file as it is")]
    [InlineData("qcow2", "has not converted image", "holds the published qcow2 file as it is")]
    [InlineData("vmdk", "has converted image", "to vmdk and not to raw")]
    public async Task What_Glance_has_not_converted_or_to_something_else_is_refused_with_what_to_set(string plugin, string what, string how)
    {
        await using var scenario = plugin is ""
            ? await Scenario.StartAsync(plain)
            : await own.StartAsync(UploadMethod.Auto, import: Plugin(plugin));
        scenario.Options = scenario.Options with { Publish = ByGlance(scenario.Options.Publish) };
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk);

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.StartsWith($"Glance {what}", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains(how, outcome.Reason, StringComparison.Ordinal);
        Assert.EndsWith(
            "have the cloud's operator set image_import_plugins to image_conversion and its output_format to raw "
                + "(glance-image-import.conf), or set publish.conversion to imgsync.",
            outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(await scenario.ImagesAsync());
    }

    [Fact]
    public async Task What_a_plugin_has_made_that_nobody_told_us_of_is_never_visible_and_the_setting_is_named()
    {
        await using var scenario = await own.StartAsync(UploadMethod.GlanceDirect, import: ToRaw);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk);

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.StartsWith("Glance holds ", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains(
            "as image_conversion does: set publish.conversion to glance and publish.diskFormat to raw", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(await scenario.ImagesAsync());
    }

    [Fact]
    public async Task A_copy_that_is_damaged_after_it_was_proven_is_fetched_anew_and_what_Glance_made_of_it_is_never_visible()
    {
        await using var scenario = await StartAsync();
        await using var storage = ImportingCloud.UseBlobs(scenario, azurite, gated: true)!;
        var link = storage.Hold("PUT", @"/debian12/[^?]*\.qcow2\?comp=snapshot", Moment.BeforeRequest);
        scenario.Options = scenario.Options with
        {
            Workflow = scenario.Options.Workflow with { Attempts = 2, FirstRetryAfter = TimeSpan.FromMilliseconds(50) },
        };
        var published = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk);

        var run = scenario.SyncAsync("debian12");
        await Task.WhenAny(link.Reached, run);
        await ImportingCloud.DamageAsync(Container(scenario), Cancel);
        link.Release();
        var outcome = Assert.Single((await run).Outcomes);

        Assert.True(outcome.Kind is OutcomeKind.Published, outcome.Reason);
        Assert.Equal(2 * published.Length, outcome.BytesDownloaded);
        using var glance = await scenario.ProbeAsync();
        await AssertConvertedAsync(glance, Assert.Single(await scenario.ImagesAsync()), published);
    }

    /// <summary>The staged copy is gone by then.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_image_whose_run_died_while_Glance_converted_it_is_judged_by_the_next_which_knows_its_mark_alone(bool isAnother)
    {
        await using var scenario = await StartAsync();
        await using var storage = ImportingCloud.UseBlobs(scenario, azurite, gated: true)!;
        var fetch = storage.Hold("GET", @"/debian12/[^?]*\.qcow2\?.*snapshot=", Moment.MiddleOfAnswer(2 << 20));
        var published = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var run = scenario.SyncAsync(new RunRequest { Distributions = ["debian12"] }, cancellationToken: stop.Token);
        await Task.WhenAny(fetch.Reached, run);
        await stop.CancelAsync();
        Assert.Equal(FailureKind.Cancelled, Assert.Single((await run).Outcomes).Failure);
        fetch.Release();
        var left = await Eventually.FoundAsync("Glance has got it", async () =>
            Assert.Single(await scenario.ImagesAsync()) is var image && (string?)image["status"] is "active" ? image : null);
        using var glance = await scenario.ProbeAsync();
        var (id, mark) = ((string)left["id"]!, (string)left["imgsync.import"]!);
        if (isAnother)
        {
            var other = mark.Replace($",{left["os_hash_value"]} ", $",{new string('0', 128)} ", StringComparison.Ordinal);
            await glance.SetAsync(id, "imgsync.import", other, Cancel);
        }

        var container = Container(scenario);
        await foreach (var staged in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, "debian12/", Cancel))
            await container.DeleteBlobAsync(staged.Name, DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: Cancel);
        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal("private", (string?)left["visibility"]);
        if (isAnother)
        {
            Assert.Matches(
                $"^Glance has converted image .+ \\({id}\\) to {left["size"]} bytes with sha512:{left["os_hash_value"]}, where the published file "
                    + "holds [0-9]+ bytes with sha512:0+, so it was deleted: ",
                outcome.Reason);
            Assert.Empty(await scenario.ImagesAsync());
            return;
        }

        Assert.Equal(
            (OutcomeKind.Published, 0, 0, id), (outcome.Kind, outcome.BytesDownloaded, outcome.BytesUploaded, outcome.ImageId));
        await AssertConvertedAsync(glance, Assert.Single(await scenario.ImagesAsync()), published);
    }

    [Fact]
    public async Task The_workflow_lets_Glance_convert_too()
    {
        await own.SetAsync(policy: "", import: ToRaw);
        await using var hosted = await HostedScenario.StartAsync(engine, own.Cloud, azurite.ConnectionString);
        hosted.Base.Options = hosted.Base.Options with
        {
            Publish = ByGlance(hosted.Base.Options.Publish) with { Upload = UploadMethod.WebDownload },
        };
        var published = hosted.Base.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk);

        var (execution, summary) = await hosted.RunAsync(RunId.Parse("20240717T181100Z-00b1"));

        Assert.Equal(1, summary.Outcomes[OutcomeKind.Published]);
        Assert.StartsWith("PlanRun SyncDistribution SyncDistribution ", execution.Told, StringComparison.Ordinal);
        using var glance = await hosted.Base.ProbeAsync();
        await AssertConvertedAsync(glance, Assert.Single(await hosted.Base.ImagesAsync()), published);
    }

    private static int Reads(RequestGate storage, PublishedImage image) => storage.Requests.Count(request =>
        request.StartsWith("GET ", StringComparison.Ordinal)
        && request.Contains(image.Sha512.Hex, StringComparison.Ordinal)
        && !request.Contains("snapshot=", StringComparison.Ordinal));

    private static async Task AssertConvertedAsync(GlanceProbe glance, JsonObject image, PublishedImage published)
    {
        var raw = await QemuImg.RawAsync(published.File, Cancel);
        var digest = Convert.ToHexStringLower(SHA512.HashData(raw));
        Assert.Equal(
            ("active", "true", "raw", "bare", digest, raw.LongLength, 1),
            ((string?)image["status"], (string?)image["imgsync.finished"], (string?)image["disk_format"], (string?)image["container_format"],
                (string?)image["os_hash_value"], (long)image["size"]!, (int)image["min_disk"]!));
        Assert.Equal(
            (published.Sha512.Hex, digest, null),
            ((string?)image["imgsync.sha512"], (string?)image["imgsync.unpacked_sha512"], (string?)image["imgsync.import"]));
        Assert.Equal(raw, await glance.DownloadAsync((string)image["id"]!, Cancel));
    }

    private BlobContainerClient Container(Scenario scenario) => new(azurite.ConnectionString, scenario.Options.Staging.Container);

    private static PublishOptions ByGlance(PublishOptions publish) =>
        publish with { DiskFormat = ImageFormat.Raw, Conversion = ImageConversion.Glance };

    private static string Plugin(string format) =>
        "[image_import_opts]\nimage_import_plugins = [image_conversion]\n[image_conversion]\noutput_format = " + format
            + "\n[import_filtering_opts]\nallowed_ports = []\nallowed_hosts = [127.0.0.1]\n";

    private async Task<GlanceProbe> AddCloudAsync(Scenario scenario, string name, UploadMethod upload)
    {
        var project = await DevCloudProject.CreateAsync(own.Cloud, Cancel);
        scenario.Options = scenario.Options with
        {
            Clouds =
            [
                .. scenario.Options.Clouds,
                project with { Name = name, Publish = new PublishOverrides { Upload = upload, Visibility = ImageVisibility.Private } },
            ],
        };
        return await own.Cloud.ProbeAsync(project.Auth, Cancel);
    }

    /// <summary>With the plugin, which is announced.</summary>
    private async Task<Scenario> StartAsync()
    {
        var scenario = await own.StartAsync(UploadMethod.WebDownload, import: ToRaw);
        scenario.Options = scenario.Options with { Publish = ByGlance(scenario.Options.Publish) };
        return scenario;
    }
}
