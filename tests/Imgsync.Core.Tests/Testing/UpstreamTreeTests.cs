using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CliWrap.Buffered;
using Imgsync.Core.Catalog;
using Imgsync.Testing;
using Imgsync.Testing.Upstream;

namespace Imgsync.Core.Tests.Testing;

public sealed class UpstreamTreeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imgsync-upstream-");

    private UpstreamTree Tree => new(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1 << 20)]
    [InlineData(600L << 20)] // two L2 tables
    public async Task Qemu_finds_no_fault_in_the_images(long dataSize)
    {
        Requirement.DemandProgram("qemu-img", "it is in Debian's package qemu-utils");
        var image = Path.Combine(_folder.FullName, "image.qcow2");

        new Qcow2Builder { DataSize = dataSize, VirtualSize = 3L << 30 }.WriteTo(image);

        var check = await CliWrap.Cli.Wrap("qemu-img").WithArguments(["check", image]).ExecuteBufferedAsync(
            TestContext.Current.CancellationToken);
        Assert.Contains("No errors were found", check.StandardOutput, StringComparison.Ordinal);
        var info = await CliWrap.Cli.Wrap("qemu-img").WithArguments(["info", "--output=json", image]).ExecuteBufferedAsync(
            TestContext.Current.CancellationToken);
        Assert.Equal(3L << 30, (long)JsonNode.Parse(info.StandardOutput)!["virtual-size"]!);
    }

    [Fact]
    public void Debians_pointer_moves_to_the_newer_version_whose_checksums_carry_no_stamp()
    {
        Tree.PublishDebian(DebianRelease.Bookworm, "20240701-1800");
        var newer = Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        var latest = Path.Combine(_folder.FullName, "debian/bookworm/latest");
        Assert.Contains(
            $"{newer.Sha512.Hex}  debian-12-genericcloud-amd64.qcow2", File.ReadAllLines(
                Path.Combine(latest, "SHA512SUMS")), StringComparer.Ordinal);
        Assert.Contains(
            $"{newer.Sha512.Hex}  debian-12-genericcloud-amd64-20240717-1811.qcow2", File.ReadAllLines(
                newer.ChecksumFile), StringComparer.Ordinal);
        Assert.Equal(File.ReadAllBytes(newer.File), File.ReadAllBytes(Path.Combine(latest, "debian-12-genericcloud-amd64.qcow2")));
        Assert.Contains(
            "bookworm/20240717-1811/debian-12-genericcloud-amd64-20240717-1811.qcow2", File.ReadAllText(
                Path.Combine(latest, "debian-12-genericcloud-amd64.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Both_architectures_of_a_release_share_one_checksum_file()
    {
        var amd64 = Tree.PublishUbuntu("noble", "20240921");
        var arm64 = Tree.PublishUbuntu("noble", "20240921", Architecture.Arm64);

        var lines = File.ReadAllLines(Path.Combine(_folder.FullName, "ubuntu/noble/current/SHA256SUMS"));

        Assert.Contains($"{amd64.Sha256.Hex} *noble-server-cloudimg-amd64.img", lines, StringComparer.Ordinal);
        Assert.Contains($"{arm64.Sha256.Hex} *noble-server-cloudimg-arm64.img", lines, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Gpg_accepts_the_signature_over_ubuntus_checksums()
    {
        Requirement.DemandProgram("gpg", "it is in Debian's package gpg");
        var image = Tree.PublishUbuntu("jammy", "20240921");
        var home = _folder.CreateSubdirectory("gpg").FullName;
        var key = Path.Combine(home, "key.asc");
        await File.WriteAllTextAsync(key, Tree.Key.ArmouredPublicKey, TestContext.Current.CancellationToken);

        await CliWrap.Cli.Wrap("gpg").WithArguments(["--homedir", home, "--import", key]).ExecuteBufferedAsync(
            TestContext.Current.CancellationToken);
        var verdict = await CliWrap.Cli.Wrap("gpg")
            .WithArguments(["--homedir", home, "--status-fd", "1", "--verify", image.ChecksumFile + ".gpg", image.ChecksumFile])
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

        Assert.Contains($"VALIDSIG {Tree.Key.Fingerprint}", verdict.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_digest_is_published_wherever_the_right_one_was()
    {
        var image = Tree.PublishDebian(DebianRelease.Sid, "20260717-2542");
        var sums = Path.Combine(image.Pointer, "SHA512SUMS");
        var manifest = Path.ChangeExtension(image.File, ".json");
        var base64 = Convert.ToBase64String(Convert.FromHexString(image.Sha512.Hex)).TrimEnd('=');
        Assert.Contains(base64, File.ReadAllText(manifest), StringComparison.Ordinal);

        Tree.PublishWrongDigest(image);

        Assert.DoesNotContain(image.Sha512.Hex, File.ReadAllText(sums), StringComparison.Ordinal);
        Assert.DoesNotContain(image.Sha512.Hex, File.ReadAllText(image.ChecksumFile), StringComparison.Ordinal);
        Assert.DoesNotContain(base64, File.ReadAllText(manifest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_serves_ranges_and_counts_the_bytes_of_images()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var image = Tree.PublishUbuntu("noble", "20240921");
        await using var server = await FolderServer.StartAsync(_folder.FullName, cancellationToken);
        using var http = new HttpClient { BaseAddress = server.UbuntuUrl };

        var whole = await http.GetAsync(new Uri("noble/current/noble-server-cloudimg-amd64.img", UriKind.Relative), cancellationToken);
        using var resume = new HttpRequestMessage(HttpMethod.Get, "noble/20240921/noble-server-cloudimg-amd64.img");
        resume.Headers.Range = new RangeHeaderValue(image.Length - 10, null);
        resume.Headers.IfRange = new RangeConditionHeaderValue(whole.Headers.ETag!);
        var rest = await http.SendAsync(resume, cancellationToken);
        var missing = await http.GetAsync(new Uri("noble/current/nothing", UriKind.Relative), cancellationToken);

        Assert.Equal(
            image.Sha256.Hex, Convert.ToHexStringLower(SHA256.HashData(await whole.Content.ReadAsByteArrayAsync(cancellationToken))));
        Assert.NotNull(whole.Content.Headers.LastModified);
        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal(
            (await File.ReadAllBytesAsync(image.File, cancellationToken))[^10..], await rest.Content.ReadAsByteArrayAsync(
                cancellationToken));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(image.Length + 10, server.ImageBytes);
        Assert.Contains(server.Requests, request => request.Range is { } range && range.StartsWith("bytes=", StringComparison.Ordinal));
    }
}
