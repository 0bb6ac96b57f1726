using System.Text.Json.Nodes;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Tests.Upstream.Client;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Upstream.Indexes;

/// <summary>The catalogue's own entries, read from lists and documents that their publishers have put out. What signs them is another
/// test's: here only what is found in them counts.</summary>
public sealed class RealListsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("almalinux9", "almalinux", "9/cloud/x86_64/images/CHECKSUM", "almalinux/CHECKSUM-9-x86_64", "9.8-20260526", "c397eed7023e")]
    [InlineData("almalinux9-arm64", "almalinux", "9/cloud/aarch64/images/CHECKSUM", "almalinux/almalinux9-aarch64.checksum", "9.8-20260526", "b5d883c5f84c")]
    [InlineData("almalinux10", "almalinux", "10/cloud/x86_64/images/CHECKSUM", "almalinux/almalinux10-x86_64.checksum", "10.2-20260526.0", "47f2218668dd")]
    [InlineData("almalinux10-arm64", "almalinux", "10/cloud/aarch64/images/CHECKSUM", "almalinux/almalinux10-aarch64.checksum", "10.2-20260526.0", "336c6861fe0b")]
    [InlineData("centos-stream9", "centos", "9-stream/x86_64/images/CHECKSUM", "centos/CHECKSUM-9-stream-x86_64", "20260714.1", "2aa1716dc75f")]
    [InlineData("centos-stream9", "centos", "9-stream/x86_64/images/CHECKSUM", "centos/centos-stream9-x86_64.checksum", "20211222.0", "bcebdc00511d")]
    [InlineData("centos-stream9-arm64", "centos", "9-stream/aarch64/images/CHECKSUM", "centos/centos-stream9-aarch64.checksum", "20240401.0", "66dd927b7aa6")]
    [InlineData("centos-stream9-s390x", "centos", "9-stream/s390x/images/CHECKSUM", "centos/centos-stream9-s390x.checksum", "20241007.0", "17322e256283")]
    [InlineData("centos-stream10", "centos", "10-stream/x86_64/images/CHECKSUM", "centos/centos-stream10-x86_64.checksum", "20241118.0", "3cb1310f39d9")]
    [InlineData("fedora-coreos", "fedora-coreos", "streams/stable.json", "fcos/stable.json", "44.20260707.3.1", "7e6dd402f2ae", "93afccb4e03b")]
    [InlineData("fedora-coreos-arm64", "fedora-coreos", "streams/stable.json", "fcos/stable.json", "44.20260707.3.1", "b0e3985f99c5", "061200f5df65")]
    [InlineData("fedora-coreos-ppc64el", "fedora-coreos", "streams/stable.json", "fcos/stable.json", "44.20260707.3.1", "cfa850e9573f", "4d625da043f9")]
    [InlineData("fedora-coreos-s390x", "fedora-coreos", "streams/stable.json", "fcos/stable.json", "44.20260707.3.1", "ceaf2ecacac5", "0d5868a02bbe")]
    public async Task The_newest_and_its_digest_are_found(
        string key, string publisher, string path, string sample, string revision, string digest, string? unpacked = null)
    {
        await using var server = new ScriptedServer().On("GET", "/" + path, Answer.Ok(await ReadAsync(sample)));

        var image = await ResolveAsync(server, key, publisher);

        Assert.Equal(revision, image.Revision);
        Assert.StartsWith(digest, image.Digest.Hex, StringComparison.Ordinal);
        Assert.Equal(unpacked, image.UnpackedDigest?.Hex[..12]);
    }

    [Fact]
    public async Task Fedoras_document_with_a_beta_and_other_variants_leads_to_the_release()
    {
        var document = await ReadAsync("fedora/releases.json");
        const string Directory = "/40/Cloud/x86_64/images/";
        const string Name = "Fedora-Cloud-Base-Generic.x86_64-40-1.14.qcow2";
        await using var server = new ScriptedServer().On("GET", "/releases.json", Answer.Ok(document))
            .On("GET", Directory + "Fedora-Cloud-40-1.14-x86_64-CHECKSUM", Answer.Ok($"SHA256 ({Name}) = {SignedPublisher.Hexes[0]}"));
        var catalogue = Path.GetTempFileName();
        await File.WriteAllTextAsync(catalogue, $$"""
            { "publishers": { "fedora": { "newest": { "in": "Json", "file": "{{server.Url}}releases.json", "name": "/link" } } } }
            """, Cancel);

        var image = await ResolveAsync(server, "fedora", "fedora", catalogue);

        File.Delete(catalogue);
        Assert.Equal(("40-1.14", Directory + Name), (image.Revision, image.Location.AbsolutePath));
    }

    [Theory]
    [InlineData("rocky/Rocky-9-GenericCloud.latest.x86_64.qcow2.CHECKSUM", "Rocky-9-GenericCloud.latest.x86_64.qcow2", "92c206cc6f79")]
    [InlineData("opensuse/Leap-16.0-Minimal-VM.x86_64-Cloud.qcow2.sha256", "Leap-16.0-Minimal-VM.x86_64-Cloud.qcow2", "6c3b6b2ded57")]
    [InlineData("opensuse/openSUSE-Leap-15.6-Minimal-VM.x86_64-Cloud.qcow2.sha256", "openSUSE-Leap-15.6-Minimal-VM.x86_64-Cloud.qcow2", "0f7f09a9a083")]
    [InlineData("ubuntu/SHA256SUMS-noble-release", "noble-server-cloudimg-amd64.img", "ffe6203da54d")]
    [InlineData(
        "freebsd/CHECKSUM.SHA256-FreeBSD-14.4-RELEASE-amd64-vm.asc", "FreeBSD-14.4-RELEASE-amd64-BASIC-CLOUDINIT-ufs.qcow2.xz", "d957fe56fb59")]
    public async Task A_list_of_each_form_has_the_digest_of_a_name(string sample, string name, string digest) => Assert.StartsWith(
        digest,
        ChecksumFile.Find(await ReadBytesAsync(sample), name, DigestAlgorithm.Sha256, new Uri("https://publisher.example/list")).Hex,
        StringComparison.Ordinal);

    /// <summary>Every variant and architecture of the catalogue's; the sample is of a daily directory.</summary>
    [Theory]
    [InlineData("debian13", "fcc52bdff356", "b3bfb13e6427")]
    [InlineData("debian13-arm64", "d8db63dd8e7c", "974e444a4861")]
    [InlineData("debian13-generic", "173a4616cc24", "cd4eb05e7576")]
    [InlineData("debian13-generic-arm64", "3d50a6e108d6", "d5c00a53ed39")]
    [InlineData("debian13-generic-ppc64el", "2ecc3c5aa0ae", "a3059895092b")]
    [InlineData("debian13-generic-riscv64", "2632bc6db29e", "b431eea9a8ad")]
    public async Task Debians_list_has_the_raw_file_of_each_image(string key, string digest, string raw)
    {
        await using var server = new ScriptedServer()
            .On("GET", "/trixie/daily/20260717-2542/SHA512SUMS", Answer.Ok(await ReadAsync("debian/SHA512SUMS-trixie")));
        var published = UpstreamFixture.Spec(key, server.Url);

        var image = await ResolveAsync(server, key, "debian", overrides: new DistributionOverrides
        {
            Path = "trixie/daily/latest/",
            ImageName = published.ImageName.Replace(".qcow2", "-daily.qcow2", StringComparison.Ordinal),
            RawImageName = published.RawImageName!.Replace(".raw", "-daily.raw", StringComparison.Ordinal),
            Revision = "20260717-2542",
        });

        Assert.Equal((digest, raw), (image.Digest.Hex[..12], image.Other?.Digest.Hex[..12]));
    }

    [Fact]
    public async Task Debians_manifest_and_list_agree_on_the_raw_file()
    {
        var manifest = await ReadAsync("debian/debian-13-genericcloud-amd64.json");
        var list = string.Concat(
            from upload in JsonNode.Parse(manifest)!["items"]!.AsArray()
            where (string?)upload!["kind"] is "Upload"
            let base64 = ((string?)upload["metadata"]!["annotations"]!["cloud.debian.org/digest"])!["sha512:".Length..]
            select $"{Convert.ToHexStringLower(Convert.FromBase64String(base64 + "=="))}  {((string?)upload["data"]!["ref"])!.Split('/')[^1]}\n");
        await using var server = new ScriptedServer()
            .On("GET", "/trixie/latest/debian-13-genericcloud-amd64.json", Answer.Ok(manifest))
            .On("GET", "/trixie/20250814-2204/SHA512SUMS", Answer.Ok(list));

        var image = await ResolveAsync(server, "debian13", "debian");

        Assert.Equal("/trixie/20250814-2204/debian-13-genericcloud-amd64-20250814-2204.raw", image.Other?.Location.AbsolutePath);
    }

    [Fact]
    public async Task FreeBSDs_list_has_the_packed_raw_file()
    {
        var catalogue = Path.GetTempFileName();
        await File.WriteAllTextAsync(catalogue, """
            { "publishers": { "freebsd": { "digests": { "file": "CHECKSUM.SHA256", "algorithm": "Sha256" } } } }
            """, Cancel);
        await using var server = new ScriptedServer()
            .On("GET", "/", Answer.Ok("""<a href="14.4-RELEASE/">14.4-RELEASE/</a>"""))
            .On(
                "GET", "/14.4-RELEASE/amd64/Latest/CHECKSUM.SHA256",
                Answer.Ok(await ReadAsync("freebsd/CHECKSUM.SHA256-FreeBSD-14.4-RELEASE-amd64-vm.asc")));

        var image = await ResolveAsync(server, "freebsd14", "freebsd", catalogue);

        File.Delete(catalogue);
        Assert.Equal(
            ("d957fe56fb59", "048a8a7b3f2a", "raw", Packing.Xz),
            (image.Digest.Hex[..12], image.Other?.Digest.Hex[..12], image.Other?.DiskFormat, image.Other?.Packing));
    }

    private static async Task<ResolvedImage> ResolveAsync(
        ScriptedServer server, string key, string publisher, string? catalogue = null, DistributionOverrides? overrides = null)
    {
        var catalog = CatalogLoader.Load(
            catalogue,
            new Dictionary<string, Uri>(StringComparer.Ordinal) { [publisher] = server.Url },
            new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal)
            {
                [key] = (overrides ?? new()) with { Signature = SignaturePolicy.None },
            });
        var spec = catalog.Get(key);
        if (spec.Index is not IndexFormats.Debian)
            return await new SignedPublisher().ResolveAsync(spec);
        using var client = UpstreamFixture.Client();
        return await new DebianIndex(client, (_, signature, _, _) => Task.FromResult(PublisherSignatures.Unsigned(signature)))
            .ResolveAsync(spec, Cancel);
    }

    private static async Task<string> ReadAsync(string sample) => System.Text.Encoding.UTF8.GetString(await ReadBytesAsync(sample));

    private static async Task<byte[]> ReadBytesAsync(string sample)
    {
        // They are the publishers', and we do not hand them on: CI has them only where it says so.
        var folder = PublisherSamples.Folder();
        Assert.SkipUnless(folder is not null, PublisherSamples.Missing);
        return await File.ReadAllBytesAsync(Path.Combine(folder!, sample), Cancel);
    }
}
