using System.Security.Cryptography;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.MainJob;

public sealed class PublishingTests(DevCloud cloud)
{
    [Fact]
    public async Task Five_distributions_arrive_active_and_public_with_the_bytes_that_upstream_published()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var published = PublishFive(scenario.Tree);

        var report = await scenario.SyncAsync([.. published.Keys]);

        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.Published, outcome.Kind));
        var images = await scenario.ImagesAsync();
        Assert.Equal(5, images.Count);
        foreach (var image in images)
        {
            var upstream = published[(string)image["imgsync.distribution"]!];
            Assert.Equal("active", (string?)image["status"]);
            Assert.Equal("public", (string?)image["visibility"]);
            Assert.Equal(upstream.Sha512.Hex, Convert.ToHexStringLower(SHA512.HashData(await scenario.DownloadAsync(image))));
        }
    }

    [Fact]
    public async Task A_second_run_publishes_nothing_and_moves_no_image_bytes()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var published = PublishFive(scenario.Tree);
        await scenario.SyncAsync([.. published.Keys]);
        var moved = scenario.Upstream.ImageBytes;

        var report = await scenario.SyncAsync([.. published.Keys]);

        Assert.All(report.Outcomes, outcome => Assert.Equal(OutcomeKind.UpToDate, outcome.Kind));
        Assert.Equal(moved, scenario.Upstream.ImageBytes);
        Assert.Equal(5, (await scenario.ImagesAsync()).Count);
    }

    [Fact]
    public async Task Images_are_named_and_described_after_upstream_and_not_after_today()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        var ubuntu = scenario.Tree.PublishUbuntu("jammy", "20240921", Architecture.Arm64);
        scenario.Options = scenario.Options with
        {
            Publish = scenario.Options.Publish with
            {
                Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["hw_disk_bus"] = "scsi", ["note"] = "a=b=c" },
            },
        };

        await scenario.SyncAsync("debian12", "ubuntu22-arm64");

        var images = await scenario.ImagesAsync();
        var debian = images.Single(image => (string?)image["imgsync.distribution"] == "debian12");
        Assert.Equal(scenario.Options.Publish.Prefix + "Debian 12 [20240717-1811]", (string?)debian["name"]);
        Assert.Equal("2024-07-17", (string?)debian["image_build_date"]);
        Assert.StartsWith(
            "https://cloud.debian.org/images/cloud/bookworm/20240717-1811/", (string?)debian["image_source"], StringComparison.Ordinal);
        Assert.Equal("x86_64", (string?)debian["architecture"]);
        Assert.Equal("a=b=c", (string?)debian["note"]);
        Assert.Equal(2, (int)debian["min_disk"]!);

        var jammy = images.Single(image => (string?)image["imgsync.distribution"] == "ubuntu22-arm64");
        Assert.Equal(scenario.Options.Publish.Prefix + "Ubuntu 22.04 arm64 [20240921]", (string?)jammy["name"]);
        Assert.Equal(
            ["aarch64", "ubuntu", "22.04", "linux", "ubuntu", "ubuntu", "22.04", "linux", "imgsync", "20240921", "scsi", ubuntu.Sha256.Hex,
                ubuntu.Sha512.Hex],
            new[]
            {
                "architecture", "os_distro", "os_version", "os_type", "os_admin_user", "distribution", "version", "type", "source",
                "imgsync.revision", "hw_disk_bus", "imgsync.sha256", "imgsync.sha512",
            }.Select(property => (string?)jammy[property]));
    }

    [Fact]
    public async Task The_same_content_under_a_touched_checksum_file_is_not_uploaded_again()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishUbuntu("noble", "20240921");
        await scenario.SyncAsync("ubuntu24");
        File.SetLastWriteTimeUtc(image.ChecksumFile, DateTime.UtcNow.AddDays(3));

        var report = await scenario.SyncAsync("ubuntu24");

        Assert.Equal(OutcomeKind.UpToDate, Assert.Single(report.Outcomes).Kind);
    }

    [Fact]
    public async Task New_content_on_the_same_day_is_a_new_image_once()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await scenario.SyncAsync("debian12");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1812");

        var first = await scenario.SyncAsync("debian12");
        var second = await scenario.SyncAsync("debian12");

        Assert.Equal(OutcomeKind.Published, Assert.Single(first.Outcomes).Kind);
        Assert.Equal(OutcomeKind.UpToDate, Assert.Single(second.Outcomes).Kind);
        Assert.Equal(2, (await scenario.ImagesAsync()).Count);
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_do_and_changes_nothing()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        var report = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DryRun = true });

        var outcome = Assert.Single(report.Outcomes);
        Assert.Equal(OutcomeKind.WouldPublish, outcome.Kind);
        Assert.Contains("Debian 12 [20240717-1811]", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(await scenario.ImagesAsync());
        Assert.Equal(0, scenario.Upstream.ImageBytes);
    }

    [Fact]
    public async Task A_download_without_a_cloud_is_staged_and_a_later_sync_downloads_nothing_more()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        var download = await scenario.SyncAsync(new RunRequest { Distributions = ["debian12"], DownloadOnly = true });
        var sync = await scenario.SyncAsync("debian12");

        Assert.Equal(OutcomeKind.Staged, Assert.Single(download.Outcomes).Kind);
        Assert.Equal(OutcomeKind.Published, Assert.Single(sync.Outcomes).Kind);
        Assert.Equal(image.Length, scenario.Upstream.ImageBytes);
    }

    [Theory]
    [InlineData(ImageVisibility.Community, "community")]
    [InlineData(ImageVisibility.Private, "private")]
    public async Task The_visibility_is_the_configured_one(ImageVisibility wanted, string found)
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        scenario.Options = scenario.Options with { Publish = scenario.Options.Publish with { Visibility = wanted } };

        await scenario.SyncAsync("debian12");
        var again = await scenario.SyncAsync("debian12");

        Assert.Equal(found, (string?)Assert.Single(await scenario.ImagesAsync())["visibility"]);
        Assert.Equal(OutcomeKind.UpToDate, Assert.Single(again.Outcomes).Kind);
    }

    private static Dictionary<string, PublishedImage> PublishFive(UpstreamTree tree) => new(StringComparer.Ordinal)
    {
        ["debian11"] = tree.PublishDebian(DebianRelease.Bullseye, "20240717-1811"),
        ["debian12"] = tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811"),
        ["debian-testing"] = tree.PublishDebian(DebianRelease.Sid, "20240718-1812"),
        ["ubuntu22"] = tree.PublishUbuntu("jammy", "20240921"),
        ["ubuntu24"] = tree.PublishUbuntu("noble", "20240605.1"),
    };
}
