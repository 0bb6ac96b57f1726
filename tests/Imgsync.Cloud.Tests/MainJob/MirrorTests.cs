using System.Security.Cryptography;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>Mirrors serve bytes and nothing else: what is wanted, and what it must hash to, is the publisher's word.</summary>
public sealed class MirrorTests(DevCloud cloud)
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/debian/");

    private static readonly Qcow2Builder Large = new() { DataSize = 6 << 20, Seed = 7 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_mirror_that_serves_the_published_bytes_is_used_and_the_publisher_stays_the_source()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await using var empty = await MirrorAsync(scenario, "empty");
        await using var wrong = await MirrorAsync(scenario, "wrong", image, Tampered);
        await using var good = await MirrorAsync(scenario, "good", image);
        UseMirrors(scenario, Nowhere, empty.DebianUrl, wrong.DebianUrl, good.DebianUrl);

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        Assert.Equal((image.Length, image.Length, 0), (wrong.ImageBytes, good.ImageBytes, scenario.Upstream.ImageBytes));
        var found = Assert.Single(await scenario.ImagesAsync());
        Assert.Equal(image.Sha512.Hex, Convert.ToHexStringLower(SHA512.HashData(await scenario.DownloadAsync(found))));
        Assert.StartsWith(
            "https://cloud.debian.org/images/cloud/bookworm/20240717-1811/", (string?)found["image_source"], StringComparison.Ordinal);
        Assert.Equal(3, scenario.Log.Lines.Count(line => line.Contains("is passed over", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_publisher_itself_comes_last()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        UseMirrors(scenario, Nowhere);

        var report = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DownloadOnly = true });

        Assert.Equal(OutcomeKind.Staged, Assert.Single(report.Outcomes).Kind);
        Assert.Equal(image.Length, scenario.Upstream.ImageBytes);
    }

    [Fact]
    public async Task A_mirror_that_breaks_off_half_way_leaves_nothing_behind_in_Glance()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);
        await using var mirror = await MirrorAsync(scenario, "mirror", image);
        await using var breaking = new FaultProxy(mirror.Url) { Fault = ProxyFault.CutAfter(3 << 20).OfDownloads() };
        UseMirrors(scenario, new Uri(breaking.Url, "debian/"));

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        Assert.Equal("active", (string?)Assert.Single(await scenario.ImagesAsync())["status"]);
        Assert.Empty(scenario.HalfMade());
    }

    /// <summary>Its file looks the same from outside, so that what it sent before it broke off
    /// could be taken for the start of the real one.</summary>
    [Fact]
    public async Task The_wrong_first_half_of_one_mirror_spoils_no_other()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);
        await using var wrong = await MirrorAsync(scenario, "wrong", image, Tampered);
        await using var breaking = new FaultProxy(wrong.Url) { Fault = ProxyFault.CutAfter(3 << 20).OfDownloads() };
        UseMirrors(scenario, new Uri(breaking.Url, "debian/"));

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        Assert.Equal(
            image.Sha512.Hex, Convert.ToHexStringLower(
                SHA512.HashData(await scenario.DownloadAsync(Assert.Single(await scenario.ImagesAsync())))));
    }

    private static void UseMirrors(Scenario scenario, params Uri[] mirrors) => scenario.Options = scenario.Options with
    {
        Overrides = new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal) { ["debian12"] = new() { Mirrors = mirrors } },
    };

    /// <summary>Behind what makes it a disk image.</summary>
    private static void Tampered(byte[] content) => content[1 << 16] ^= 1;

    /// <summary>A tree with the image and nothing else, no checksum file and no index.</summary>
    private static async Task<FolderServer> MirrorAsync(
        Scenario scenario, string name, PublishedImage? image = null, Action<byte[]>? change = null)
    {
        var folder = Path.Combine(Path.GetDirectoryName(scenario.Tree.Folder)!, name);
        Directory.CreateDirectory(folder);
        if (image is not null)
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(scenario.Tree.Folder, image.File));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            var content = await File.ReadAllBytesAsync(image.File, Cancel);
            change?.Invoke(content);
            await File.WriteAllBytesAsync(copy, content, Cancel);
            File.SetLastWriteTimeUtc(copy, File.GetLastWriteTimeUtc(image.File));
        }

        return await FolderServer.StartAsync(folder, Cancel);
    }
}
