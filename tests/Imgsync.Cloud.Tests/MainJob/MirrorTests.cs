using System.Globalization;
using System.Security.Cryptography;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Http;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

/// <summary>Mirrors serve bytes and nothing else: what is wanted, and what it must hash to, is the publisher's word.</summary>
public sealed class MirrorTests(DevCloud cloud)
{
    private const long BreakAt = (3 << 20) + 100_000;

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
    [Shows("a-stop-keeps-what-came")]
    public async Task Where_a_mirror_breaks_off_the_next_place_goes_on_and_nothing_is_left_behind_in_Glance()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);
        await using var mirror = await MirrorAsync(scenario, "mirror", image);
        await using var breaking = new FaultProxy(mirror.Url) { Fault = ProxyFault.CutAfter(BreakAt).OfDownloads() };
        UseMirrors(scenario, new Uri(breaking.Url, "debian/"));

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal((OutcomeKind.Published, image.Length), (outcome.Kind, outcome.BytesDownloaded));
        Assert.InRange(GoneOnFrom(Assert.Single(scenario.Upstream.Requests, request => request.IsImage), image), BreakAt - 1024, BreakAt);
        Assert.Equal("active", (string?)Assert.Single(await scenario.ImagesAsync())["status"]);
        Assert.Empty(scenario.HalfMade());
    }

    /// <summary>It sends all of it again, and what is there already is not given up for that.</summary>
    [Theory]
    [Shows("a-stop-keeps-what-came")]
    [InlineData(1 << 20, 1)]
    [InlineData(5 << 20, 1)]
    [InlineData(long.MaxValue, 0)]
    public async Task A_place_that_serves_no_ranges_goes_on_too_and_loses_nothing_that_came(long breakingAt, int publisherAsked)
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);
        await using var mirror = await MirrorAsync(scenario, "mirror", image);
        await using var breaking = new FaultProxy(mirror.Url) { Fault = ProxyFault.CutAfter(BreakAt).OfDownloads() };
        var content = await File.ReadAllBytesAsync(image.File, Cancel);
        await using var plain = new ScriptedServer().Always(
            "GET", "/" + Path.GetRelativePath(scenario.Tree.Folder, image.File),
            _ => breakingAt < content.Length ? Answer.Ok(content).ClosedAfter(breakingAt) : Answer.Ok(content));
        UseMirrors(scenario, new Uri(breaking.Url, "debian/"), new Uri(plain.Url, "debian/"));

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.True(outcome.Kind is OutcomeKind.Published, outcome.Reason);
        Assert.Single(plain.Requests);
        var asked = scenario.Upstream.Requests.Where(request => request.IsImage).ToList();
        Assert.Equal(publisherAsked, asked.Count);
        foreach (var request in asked)
            Assert.InRange(GoneOnFrom(request, image), Math.Max(BreakAt - 1024, breakingAt), Math.Max(BreakAt, breakingAt));
        Assert.Equal(
            image.Sha512.Hex, Convert.ToHexStringLower(
                SHA512.HashData(await scenario.DownloadAsync(Assert.Single(await scenario.ImagesAsync())))));
    }

    /// <summary>Its file looks the same from outside, so that what it sent before it broke off is taken for the start of the real one:
    /// until the digest shows it. No place but that mirror is blamed.</summary>
    [Fact]
    public async Task The_wrong_first_half_of_one_mirror_spoils_no_other()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: Large);
        await using var wrong = await MirrorAsync(scenario, "wrong", image, Tampered);
        await using var breaking = new FaultProxy(wrong.Url) { Fault = ProxyFault.CutAfter(BreakAt).OfDownloads() };
        UseMirrors(scenario, new Uri(breaking.Url, "debian/"));

        var outcome = Assert.Single((await scenario.SyncAsync("debian12")).Outcomes);

        Assert.Equal(OutcomeKind.Published, outcome.Kind);
        Assert.Equal(
            [false, true], scenario.Upstream.Requests.Where(request => request.IsImage).Select(request => request.Range is null));
        Assert.Single(scenario.Log.Lines, line => line.Contains("is asked for all of it", StringComparison.Ordinal));
        Assert.Equal(
            image.Sha512.Hex, Convert.ToHexStringLower(
                SHA512.HashData(await scenario.DownloadAsync(Assert.Single(await scenario.ImagesAsync())))));
    }

    /// <summary>Where in the file this request began, which was answered to the end.</summary>
    private static long GoneOnFrom(ServedRequest request, PublishedImage image)
    {
        Assert.Matches("^bytes=[0-9]+-$", request.Range!);
        var from = long.Parse(request.Range!["bytes=".Length..^1], CultureInfo.InvariantCulture);
        Assert.Equal(image.Length - from, request.BytesSent);
        return from;
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
