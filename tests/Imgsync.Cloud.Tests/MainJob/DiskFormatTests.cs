using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>Clouds that want raw images get what QEMU would make of the published ones.</summary>
public sealed class DiskFormatTests(DevCloud cloud, Azurite azurite)
{
    private static readonly Qcow2Builder Disk = new() { VirtualSize = (9 << 20) + 512, DataSize = 1 << 20, IsPartitioned = true, Seed = 21 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_staged_copy_serves_a_cloud_that_wants_raw_and_one_that_takes_what_is_published(bool inBlobs)
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk);
        var plain = await DevCloudProject.CreateAsync(cloud, Cancel) with
        {
            Name = "plain",
            Publish = new PublishOverrides { Visibility = ImageVisibility.Private },
        };
        using var glance = await cloud.ProbeAsync(plain.Auth, Cancel);
        scenario.Options = scenario.Options with
        {
            Clouds = [scenario.Cloud with { Publish = new PublishOverrides { DiskFormat = ImageFormat.Raw } }, plain],
            Staging = inBlobs
                ? new StagingOptions { ConnectionString = new Secret(azurite.ConnectionString), Container = Azurite.UniqueContainer() }
                : scenario.Options.Staging,
        };

        var report = await scenario.SyncAsync("debian12");
        var images = (await glance.ListAsync(scenario.Options.Publish.Prefix, Cancel)).ToDictionary(
            found => (string)found["disk_format"]!, StringComparer.Ordinal);
        var again = await scenario.SyncAsync("debian12");
        await glance.DeleteAsync((string)images["qcow2"]["id"]!, Cancel);

        Assert.All(report.Outcomes, outcome => Assert.True(outcome.Kind is OutcomeKind.Published, outcome.Reason));
        Assert.Equal(image.Length, scenario.Upstream.ImageBytes);
        Assert.EndsWith(
            " is active and public; converted to raw from qcow2",
            report.Outcomes.Single(outcome => outcome.Cloud is not "plain").Reason, StringComparison.Ordinal);
        var raw = await QemuImg.RawAsync(image.File, Cancel);
        Assert.Equal(["qcow2", "raw"], images.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((Hex(SHA512.HashData(raw)), raw.LongLength, 1), Facts(images["raw"]));
        Assert.Equal((image.Sha512.Hex, image.Length, 1), Facts(images["qcow2"]));
        Assert.Equal((image.Sha512.Hex, Hex(SHA512.HashData(raw))), Marks(images["raw"]));
        Assert.Equal((image.Sha512.Hex, null), Marks(images["qcow2"]));
        Assert.All(again.Outcomes, outcome => Assert.Equal((OutcomeKind.UpToDate, 0), (outcome.Kind, outcome.BytesUploaded)));
    }

    [Fact]
    public async Task A_change_of_the_setting_reaches_images_that_stand_and_going_back_uploads_nothing()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk);
        scenario.Options = scenario.Options with { Prune = new PruneOptions { HideAfter = TimeSpan.Zero, DeleteAfter = null } };
        await scenario.SyncAsync("debian12");
        var first = (string)Assert.Single(await scenario.ImagesAsync())["id"]!;
        Want(scenario, ImageFormat.Raw);

        var planned = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DryRun = true });
        var published = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);
        var settled = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);
        Want(scenario, ImageFormat.AsPublished);
        var back = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(
            $"20240717-1811 is there as qcow2 ({first}), and raw is wanted; converted to raw from qcow2",
            Assert.Single(Assert.Single(planned.Outcomes).Actions, action => action.Kind is ActionKind.Publish).Reason);
        Assert.Equal(OutcomeKind.Published, published.Kind);
        Assert.Equal((OutcomeKind.UpToDate, published.ImageId), (settled.Kind, settled.ImageId));
        Assert.Equal((OutcomeKind.UpToDate, first, 0), (back.Kind, back.ImageId, back.BytesUploaded));
    }

    [Fact]
    public async Task What_cannot_be_converted_is_refused_and_nothing_of_it_stays_in_Glance()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk with { BackingFile = "/etc/passwd" });
        scenario.Tree.PublishUbuntu("noble", "20240921", content: Disk with { VirtualSize = 1L << 40 });
        Want(scenario, ImageFormat.Raw);

        var outcomes = (await scenario.SyncAsync("debian12", "ubuntu24")).Outcomes.ToDictionary(
            outcome => outcome.Distribution, outcome => outcome.Reason, StringComparer.Ordinal);

        Assert.Contains(
            "is not converted to raw, and nothing of it is published: The qcow2 image names a backing file",
            outcomes["debian12"], StringComparison.Ordinal);
        Assert.Contains("over the 64 GiB that may come of it", outcomes["ubuntu24"], StringComparison.Ordinal);
        Assert.Empty(await scenario.ImagesAsync());
    }

    [Fact]
    public async Task A_damaged_copy_is_not_converted_but_fetched_anew()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk);
        Want(scenario, ImageFormat.Raw);
        await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DownloadOnly = true });
        var staged = Assert.Single(Directory.GetFiles(scenario.StagingFolder, "*.qcow2", SearchOption.AllDirectories));
        UpstreamTree.DamageImage(image with { File = staged });

        var damaged = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);
        var mended = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Contains("is damaged and was removed: it does not hash to", damaged.Reason, StringComparison.Ordinal);
        Assert.Equal(OutcomeKind.Published, mended.Kind);
        Assert.Equal("raw", (string?)Assert.Single(await scenario.ImagesAsync())["disk_format"]);
    }

    /// <summary>This Glance's stores are folders, and it says so to administrators alone.</summary>
    [Fact]
    public async Task Where_the_store_decides_a_cloud_that_does_not_tell_gets_what_is_published_and_hears_why()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk);
        Want(scenario, ImageFormat.Auto);

        var untold = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240803-1827", content: Disk with { Seed = 22 });
        scenario.Options = scenario.Options with { Clouds = [await DevCloudProject.AsAdminAsync(cloud, scenario.Cloud, Cancel)] };
        var told = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.EndsWith(
            "; qcow2 as it is published, because the cloud does not tell us what kind its store is: set publish.diskFormat for it",
            untold.Reason, StringComparison.Ordinal);
        Assert.EndsWith("is active and public", told.Reason, StringComparison.Ordinal);
    }

    private static void Want(Scenario scenario, ImageFormat format) =>
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { DiskFormat = format } };

    private static (string?, long, int) Facts(JsonObject image) =>
        ((string?)image["os_hash_value"], (long)image["size"]!, (int)image["min_disk"]!);

    private static (string?, string?) Marks(JsonObject image) =>
        ((string?)image["imgsync.sha512"], (string?)image["imgsync.unpacked_sha512"]);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
