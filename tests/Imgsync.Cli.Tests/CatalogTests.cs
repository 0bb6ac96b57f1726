using System.Text.Json.Nodes;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary><c>imgsync catalog</c>: what a writer of entries sees. No cloud is needed.</summary>
public sealed class CatalogTests : IDisposable
{
    private readonly ProgramRun _program = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Every_fault_is_told_with_its_line_and_column()
    {
        var file = _program.Write("catalog.json", """
            {
              "publishers": {
                "acme": { "url": "https://images.acme.example/", "index": "pieces",
                  "newest": { "in": "Clouds" }, "digests": { "file": "SUMS", "algorithm": "Md5" }, "signature": "None" }
              },
              "distributions": {
                "acme1": { "publisher": "acme", "tittle": "Acme", "path": "one/", "image": "acme-{revision}.img", "architectures": ["Amd64"],
                  "osDistro": "acme", "osVersion": "1",   "minRam": -5, "adminUser": "acme" }
              }
            }
            """);

        var ended = await _program.RunAsync("catalog", "check", file);

        Assert.Equal((1, ""), (ended.ExitCode, ended.StandardOutput));
        Assert.Contains($"{file}:4:19: publishers.acme.newest.in is \"Clouds\"; it must be one of", ended.StandardError, StringComparison.Ordinal);
        Assert.Contains($"{file}:4:66: publishers.acme.digests.algorithm is \"Md5\"", ended.StandardError, StringComparison.Ordinal);
        Assert.Contains($"{file}:7:37: distributions.acme1.tittle is not a member", ended.StandardError, StringComparison.Ordinal);
        Assert.Contains($"{file}:8:47: distributions.acme1.minRam is -5", ended.StandardError, StringComparison.Ordinal);
        Assert.Contains($"{file}:7:5: distributions.acme1.title is missing", ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sound_file_shows_what_its_entries_ask_for_and_nothing_of_the_built_in_ones()
    {
        var file = _program.Write("catalog.json", """
            {
              "publishers": {
                "acme": { "url": "https://images.acme.example/", "index": "pieces", "newest": { "in": "Json", "file": "{arch}/all.json", "name": "/file" },
                  "digests": { "file": "{image}.sha256", "algorithm": "Sha256" }, "signatureFile": { "file": "{image}.sha256.asc", "form": "Detached" },
                  "signature": "Required", "signedBy": ["D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81"] }
              },
              "distributions": {
                "acme1": { "publisher": "acme", "title": "Acme", "path": "one/{arch}/", "image": "acme-{revision}.img", "architectures": ["Amd64"],
                  "osDistro": "acme", "osVersion": "1", "adminUser": "acme" },
                "mine12": { "publisher": "debian", "title": "Mine", "path": "bookworm/latest/", "image": "debian-12-nocloud-{arch}.qcow2",
                  "rawImage": "debian-12-nocloud-{arch}.raw", "architectures": ["Amd64"], "osDistro": "debian", "osVersion": "12", "adminUser": "root" },
                "mine24": { "publisher": "ubuntu", "title": "Mine", "path": "releases/noble/release/", "image": "ubuntu-24.04-server-cloudimg-{arch}.img",
                  "architectures": ["Amd64"], "osDistro": "ubuntu", "osVersion": "24.04", "adminUser": "ubuntu" }
              }
            }
            """);

        var ended = await _program.RunAsync("catalog", "check", file, "--json");

        Assert.Equal((0, ""), (ended.ExitCode, ended.StandardError));
        await AnswerSchemaTests.IsValidAsync("catalog-check", ended.StandardOutput);
        var entries = JsonNode.Parse(ended.StandardOutput)!.AsArray().ToDictionary(one => (string)one!["distribution"]!, StringComparer.Ordinal);
        Assert.Equal(["acme1", "mine12", "mine24"], entries.Keys.Order(StringComparer.Ordinal));
        const string Debian = "https://cloud.debian.org/images/cloud/bookworm/";
        Assert.Equal(
            ($"{Debian}latest/debian-12-nocloud-amd64.json", Debian + "{revision}/SHA512SUMS", Debian + "{revision}/SHA512SUMS, not signed",
                Debian + "{revision}/debian-12-nocloud-amd64-{revision}.qcow2"),
            AskedFor("mine12"));
        Assert.Equal(Debian + "{revision}/debian-12-nocloud-amd64-{revision}.raw", (string?)entries["mine12"]!["rawImage"]);
        Assert.Null(entries["mine24"]!["rawImage"]);
        const string Ubuntu = "https://cloud-images.ubuntu.com/releases/noble/";
        Assert.Equal(
            ($"{Ubuntu}release/unpacked/build-info.txt", Ubuntu + "release-{revision}/SHA256SUMS", Ubuntu + "release-{revision}/SHA256SUMS.gpg",
                Ubuntu + "release-{revision}/ubuntu-24.04-server-cloudimg-amd64.img"),
            AskedFor("mine24"));
        Assert.Equal(
            ("https://images.acme.example/amd64/all.json", "https://images.acme.example/one/amd64/{image}.sha256",
                "https://images.acme.example/one/amd64/{image}.sha256.asc", "https://images.acme.example/one/amd64/acme-{revision}.img"),
            AskedFor("acme1"));

        (string?, string?, string?, string?) AskedFor(string key) => (
            (string?)entries[key]!["newest"], (string?)entries[key]!["digests"], (string?)entries[key]!["proof"], (string?)entries[key]!["image"]);
    }

    [Fact]
    public async Task Entries_are_compared_with_upstream_and_what_vanished_is_told()
    {
        var upstream = Path.Combine(_program.Home, "upstream");
        var tree = new UpstreamTree(upstream);
        tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        File.Delete(tree.PublishDebian(DebianRelease.Trixie, "20250814-2204").File);
        await using var server = await FolderServer.StartAsync(upstream, Cancel);
        _program.Environment["IMGSYNC__PUBLISHERS__DEBIAN"] = server.DebianUrl.AbsoluteUri;
        _program.Environment["IMGSYNC__UPSTREAM__RETRIES"] = "0";

        var ended = await _program.RunAsync("catalog", "update-check", "Debian1?", "-debian14");

        Assert.Equal(1, ended.ExitCode);
        Assert.Matches("debian12 +look up +ok +20240717-1811", ended.StandardOutput);
        Assert.Matches("debian12 +download +ok", ended.StandardOutput);
        Assert.Matches("debian13 +download +FAILED", ended.StandardOutput);
        Assert.DoesNotContain("debian14", ended.StandardOutput, StringComparison.Ordinal);
        Assert.Matches("debian11 +look up +FAILED", ended.StandardOutput);
        Assert.Matches("debian13, download: GET .* answered 404", ended.StandardError);
    }

    [Fact]
    public async Task The_list_knows_the_newest_that_a_run_has_found_without_asking_anybody_and_takes_filters()
    {
        var tree = new UpstreamTree(Path.Combine(_program.Home, "upstream"));
        tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        _program.Environment["IMGSYNC__STAGING__FOLDER"] = Path.Combine(_program.Home, "staging");
        await using (var server = await FolderServer.StartAsync(tree.Folder, Cancel))
        {
            _program.Environment["IMGSYNC__PUBLISHERS__DEBIAN"] = server.DebianUrl.AbsoluteUri;
            await _program.RunAsync("sync", "debian12", "--download-only");
        }

        var listed = await _program.RunAsync("list", "--filter", "family=debian", "--filter", "arch=amd64");
        var json = await _program.RunAsync("list", "--json");
        var wrong = await _program.RunAsync("list", "--filter", "arhc=amd64");

        Assert.Matches(@"(?m)^debian12 .* 20240717-1811 +\d{3,} d +no ", listed.StandardOutput);
        Assert.Matches(@"(?m)^debian13 .* - +- +no ", listed.StandardOutput);
        Assert.DoesNotMatch("arm64|rocky", listed.StandardOutput);
        var entries = JsonNode.Parse(json.StandardOutput)!.AsArray().ToDictionary(entry => (string)entry!["distribution"]!, StringComparer.Ordinal);
        Assert.Equal("20240717-1811", (string?)entries["debian12"]!["revision"]);
        Assert.Equal((DateTime.UtcNow.Date - new DateTime(2024, 7, 17)).Days, (int?)entries["debian12"]!["ageDays"]);
        Assert.Contains("there is no field arhc (did you mean arch?)", wrong.StandardError, StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitCode);
    }

    [Fact]
    public async Task The_list_says_what_is_signed_how_long_it_is_supported_and_what_nobody_has_tried()
    {
        var ended = await _program.RunAsync("list", "--json");

        var entries = JsonNode.Parse(ended.StandardOutput)!.AsArray().ToDictionary(entry => (string)entry!["distribution"]!, StringComparer.Ordinal);
        Assert.Equal(
            ("rocky", true, "2032-05-31", null),
            ((string?)entries["rocky9"]!["family"], (bool)entries["rocky9"]!["signed"]!, (string?)entries["rocky9"]!["supportedUntil"],
                (string?)entries["rocky9"]!["unconfirmed"]));
        Assert.False((bool)entries["debian12"]!["signed"]!);
        Assert.Equal("the form of its digest's file", (string?)entries["gentoo"]!["unconfirmed"]);
        Assert.EndsWith("8/images/x86_64/Rocky-8-GenericCloud-Base-{revision}.x86_64.qcow2", (string?)entries["rocky8"]!["location"], StringComparison.Ordinal);
    }
}
