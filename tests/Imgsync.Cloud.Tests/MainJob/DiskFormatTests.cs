using System.Buffers.Binary;
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

    /// <summary>Three clouds, of which the first wants raw and the others what is published; then the first changes its mind, and the
    /// publisher its list.</summary>
    [Fact]
    public async Task The_publishers_own_raw_file_is_chosen_by_itself_and_each_file_is_fetched_once()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk, raw: RawDisk(seed: 1));
        var raw = Hex(SHA512.HashData(RawDisk(seed: 1)));
        var plain = await DevCloudProject.CreateAsync(cloud, Cancel) with { Name = "plain", Publish = Private };
        var other = await DevCloudProject.CreateAsync(cloud, Cancel) with { Name = "other", Publish = Private };
        scenario.Options = scenario.Options with
        {
            Clouds = [scenario.Cloud with { Publish = new PublishOverrides { DiskFormat = ImageFormat.Raw } }, plain, other],
            Prune = new PruneOptions { HideAfter = TimeSpan.Zero, DeleteAfter = null },
        };

        var planned = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DryRun = true });
        var report = await scenario.SyncAsync("debian12");
        var first = Assert.Single(await scenario.ImagesAsync());
        var again = await scenario.SyncAsync("debian12");
        scenario.Options = scenario.Options with { Clouds = [scenario.Cloud, plain, other] };
        var changed = await scenario.SyncAsync("debian12");
        scenario.Options = scenario.Options with
        {
            Clouds = [scenario.Cloud with { Publish = new PublishOverrides { DiskFormat = ImageFormat.Raw } }, plain, other],
        };
        var back = await scenario.SyncAsync("debian12");
        var bytes = scenario.Upstream.ImageBytes;
        var newer = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240803-1827", content: Disk with { Seed = 22 });
        var converted = await scenario.SyncAsync("debian12");
        var newerBytes = scenario.Upstream.ImageBytes - bytes;
        File.Delete(scenario.Tree.PublishDebian(
            DebianRelease.Bookworm, "20240901-1900", content: Disk with { Seed = 23 }, raw: RawDisk(seed: 2)).RawFile);
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { Upload = UploadMethod.GlanceDirect } };
        var missing = await scenario.SyncAsync("debian12");
        var settled = await scenario.SyncAsync("debian12");

        const string Way = "; raw, the publisher's own file";
        Assert.EndsWith(
            $"20240717-1811 is not there yet{Way}", planned.Outcomes[0].Actions.First(action => action.Kind is ActionKind.Publish).Reason,
            StringComparison.Ordinal);
        Assert.All(report.Outcomes, outcome => Assert.True(outcome.Kind is OutcomeKind.Published, outcome.Reason));
        Assert.EndsWith($"is active and public{Way}", report.Outcomes[0].Reason, StringComparison.Ordinal);
        Assert.EndsWith("is active and private", report.Outcomes[1].Reason, StringComparison.Ordinal);
        Assert.Equal(image.Length + new FileInfo(image.RawFile).Length, bytes);
        Assert.Equal((raw, new FileInfo(image.RawFile).Length, 1), Facts(first));
        Assert.Equal((raw, null), Marks(first));
        Assert.Equal("raw", (string?)first["disk_format"]);
        Assert.EndsWith("-20240717-1811.raw", (string?)first["imgsync.url"], StringComparison.Ordinal);
        Assert.All(again.Outcomes, outcome => Assert.Equal((OutcomeKind.UpToDate, 0), (outcome.Kind, outcome.BytesUploaded)));
        Assert.StartsWith(
            $"20240717-1811 is there as raw ({first["id"]}), and qcow2 is wanted",
            changed.Outcomes[0].Actions.First(action => action.Kind is ActionKind.Publish).Reason, StringComparison.Ordinal);
        Assert.Equal((OutcomeKind.Published, image.Length), (changed.Outcomes[0].Kind, changed.Outcomes[0].BytesUploaded));
        Assert.Equal(
            (OutcomeKind.UpToDate, (string?)first["id"], 0),
            (back.Outcomes[0].Kind, back.Outcomes[0].ImageId, back.Outcomes[0].BytesUploaded));
        Assert.EndsWith("; converted to raw from qcow2", converted.Outcomes[0].Reason, StringComparison.Ordinal);
        Assert.Equal(newer.Length, newerBytes);
        Assert.EndsWith("; converted to raw from qcow2", missing.Outcomes[0].Reason, StringComparison.Ordinal);
        Assert.Contains(
            "-20240901-1900.raw is listed and is not there, so the publisher's other file is taken", missing.Outcomes[0].Warning,
            StringComparison.Ordinal);
        Assert.All(settled.Outcomes, outcome => Assert.Equal((OutcomeKind.UpToDate, null), (outcome.Kind, outcome.Warning)));
    }

    [Fact]
    public async Task A_raw_file_that_is_not_what_the_list_says_is_refused_and_clouds_that_take_qcow2_have_theirs()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk, raw: RawDisk(seed: 1));
        UpstreamTree.DamageImage(image with { File = image.RawFile });
        var plain = await DevCloudProject.CreateAsync(cloud, Cancel) with { Name = "plain", Publish = Private };
        scenario.Options = scenario.Options with
        {
            Clouds = [scenario.Cloud with { Publish = new PublishOverrides { DiskFormat = ImageFormat.Raw } }, plain],
        };

        var fetched = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DownloadOnly = true });
        var spoilt = await scenario.SyncAsync("debian12");
        var refused = await scenario.ImagesAsync();
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Disk, raw: RawDisk(seed: 1));
        var mended = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DownloadOnly = true });
        var staged = Directory.GetFiles(scenario.StagingFolder, "sha512-*", SearchOption.AllDirectories)
            .Select(Path.GetExtension).Where(ending => ending is ".qcow2" or ".raw").Order(StringComparer.Ordinal).ToList();
        var published = await scenario.SyncAsync("debian12");

        Assert.Equal(OutcomeKind.Failed, Assert.Single(fetched.Outcomes).Kind);
        Assert.Equal([OutcomeKind.Failed, OutcomeKind.Published], spoilt.Outcomes.Select(outcome => outcome.Kind));
        Assert.Contains($"{Path.GetFileName(image.RawFile)}", spoilt.Outcomes[0].Reason, StringComparison.Ordinal);
        Assert.Empty(refused);
        Assert.Equal((OutcomeKind.Staged, new FileInfo(image.RawFile).Length), (mended.Outcomes[0].Kind, mended.Outcomes[0].BytesDownloaded));
        Assert.Equal([".qcow2", ".raw"], staged);
        Assert.Equal([OutcomeKind.Published, OutcomeKind.UpToDate], published.Outcomes.Select(outcome => outcome.Kind));
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

    private static PublishOverrides Private { get; } = new() { Visibility = ImageVisibility.Private };

    /// <summary>A disk with one partition.</summary>
    private static byte[] RawDisk(int seed)
    {
        var disk = new byte[3 << 20];
        new Random(seed).NextBytes(disk.AsSpan(1 << 20));
        disk[446 + 4] = 0x83;
        BinaryPrimitives.WriteUInt32LittleEndian(disk.AsSpan(446 + 8), 2048);
        BinaryPrimitives.WriteUInt32LittleEndian(disk.AsSpan(446 + 12), 2048);
        (disk[510], disk[511]) = (0x55, 0xAA);
        return disk;
    }

    private static void Want(Scenario scenario, ImageFormat format) =>
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { DiskFormat = format } };

    private static (string?, long, int) Facts(JsonObject image) =>
        ((string?)image["os_hash_value"], (long)image["size"]!, (int)image["min_disk"]!);

    private static (string?, string?) Marks(JsonObject image) =>
        ((string?)image["imgsync.sha512"], (string?)image["imgsync.unpacked_sha512"]);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
