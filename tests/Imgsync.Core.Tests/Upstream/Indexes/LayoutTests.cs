using System.Text.Json.Nodes;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Signatures;
using Imgsync.Core.Tests.Signatures;
using Imgsync.Core.Tests.Upstream.Client;
using Imgsync.Core.Upstream;
using Imgsync.Testing.Http;
using static Imgsync.Core.Tests.Upstream.Indexes.SignedPublisher;

namespace Imgsync.Core.Tests.Upstream.Indexes;

/// <summary>Every place where a newest revision can be read, from a catalogue file of the operator's own.</summary>
public sealed class LayoutTests : IDisposable
{
    private static readonly string Longer = new('5', 128);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"layout-{Guid.NewGuid():N}.json");
    private readonly SignedPublisher _publisher = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task An_alias_in_a_list_stands_for_the_stamped_image_of_the_same_digest_even_if_a_newer_one_is_listed()
    {
        await using var server = new ScriptedServer().On("GET", "/t/SHA256SUMS", Answer.Ok($"""
            {Hexes[0]}  Tumbleweed.x86_64-1.0.0-Cloud-Snapshot20260911.qcow2
            {Hexes[1]}  Tumbleweed.x86_64-1.0.0-Cloud-Snapshot20260912.qcow2
            {Hexes[0]}  Tumbleweed.x86_64-Cloud.qcow2
            """));

        var image = await ResolveAsync(server, "Tumbleweed.{arch}-1.0.0-Cloud-Snapshot{revision}.qcow2", "t/", """
            "newest": { "in": "Alias", "alias": "Tumbleweed.{arch}-Cloud.qcow2" }, "digests": { "file": "SHA256SUMS", "algorithm": "Sha256" }
            """);

        Assert.Equal(("20260911", $"sha256:{Hexes[0]}"), (image.Revision, image.Digest.ToString()));
    }

    [Fact]
    public async Task A_signed_pointer_names_the_image_first_in_a_line_and_a_comment_names_none()
    {
        const string Pointer = """
            # Latest as of Sun, 16 Aug 2026 18:00:00 +0000
            # 20270101T000000Z/di-amd64-cloudinit-20270101T000000Z.qcow2 1
            20260816T170149Z/di-amd64-cloudinit-20260816T170149Z.qcow2 1503789056
            20260809T170149Z/di-amd64-console-20270809T170149Z.qcow2 1503789056
            """;
        const string Image = "/amd64/autobuilds/20260816T170149Z/di-amd64-cloudinit-20260816T170149Z.qcow2";
        await using var server = new ScriptedServer()
            .On("GET", "/amd64/autobuilds/latest-di-amd64-cloudinit.txt", Answer.Ok(_publisher.ClearSigned(Pointer)))
            .On("GET", Image + ".sha256", Answer.Ok(_publisher.ClearSigned($"# SHA256 HASH\n{Hexes[2]}  di-amd64-cloudinit-20260816T170149Z.qcow2")));

        var image = await ResolveAsync(server, "di-{arch}-cloudinit-{revision}.qcow2", "{arch}/autobuilds/{revision}/", """
            "newest": { "in": "Pointer", "file": "{arch}/autobuilds/latest-di-{arch}-cloudinit.txt", "clearSigned": true },
            "digests": { "file": "{image}.sha256", "algorithm": "Sha256" }, "signatureFile": { "file": "{image}.sha256", "form": "ClearSigned" },
            "architectureNames": { "Amd64": "amd64" }
            """, signed: true);

        Assert.Equal(("20260816T170149Z", Image), (image.Revision, image.Location.AbsolutePath));
        Assert.Equal((_publisher.Key.Fingerprint, $"sha256:{Hexes[2]}"), (image.Provenance.SignedBy, image.Digest.ToString()));
    }

    [Fact]
    public async Task A_pointer_that_somebody_else_has_signed_is_refused()
    {
        await using var server = new ScriptedServer()
            .On("GET", "/latest.txt", Answer.Ok(SignedPublisher.ClearSigned("1.2/i-1.2.img 5", TestKey.Ed25519())));

        await Assert.ThrowsAsync<SignatureException>(() => ResolveAsync(server, "i-{revision}.img", "{revision}/", """
            "newest": { "in": "Pointer", "file": "latest.txt", "clearSigned": true }, "digests": { "file": "S", "algorithm": "Sha256" },
            "signatureFile": { "file": "S", "form": "ClearSigned" }
            """, signed: true));
    }

    [Fact]
    public async Task A_redirect_names_the_version_and_the_list_in_its_directory_the_highest_kernel()
    {
        const string Directory = "/al2023/os-images/2023.12.20260930.0/kvm/";
        await using var server = new ScriptedServer()
            .On("GET", "/al2023/os-images/latest/", Answer.Redirect("/al2023/os-images/2023.12.20260930.0/"))
            .On("GET", "/al2023/os-images/2023.12.20260930.0/", Answer.Of(403))
            .On("GET", Directory + "SHA256SUMS", Answer.Ok($"""
                {Hexes[0]}  al2023-kvm-2023.12.20260930.0-kernel-6.1-x86_64.xfs.gpt.qcow2
                {Hexes[1]}  al2023-kvm-2023.12.20260930.0-kernel-6.12-x86_64.xfs.gpt.qcow2
                {Hexes[2]}  al2023-kvm-2023.12.20260930.0-kernel-6.2-x86_64.xfs.gpt.qcow2
                {Hexes[3]}  al2023-kvm-2023.13.20261030.0-kernel-6.13-x86_64.xfs.gpt.qcow2
                """));

        var image = await ResolveAsync(
            server, "al2023-kvm-{version}-kernel-{kernel}-{arch}.xfs.gpt.qcow2", "al2023/os-images/{version}/{arch}/", """
            "newest": { "in": "Redirect", "file": "al2023/os-images/latest/" }, "digests": { "file": "SHA256SUMS", "algorithm": "Sha256" },
            "architectureDirectories": { "Amd64": "kvm" }
            """, "{version}-{kernel}");

        Assert.Equal(("2023.12.20260930.0-6.12", $"sha256:{Hexes[1]}"), (image.Revision, image.Digest.ToString()));
        Assert.Equal(new DateOnly(2026, 9, 30), image.BuildDate);
        Assert.StartsWith(Directory, image.Location.AbsolutePath, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "44-1.10")]
    [InlineData(1, "43-1.6")]
    public async Task A_document_lists_images_of_several_releases_and_one_may_be_wanted_that_is_behind_the_newest(int behind, string expected)
    {
        string[] names =
        [
            "44/Cloud/x86_64/images/Fedora-Cloud-Base-Generic-44-1.10.x86_64.qcow2",
            "44/Cloud/x86_64/images/Fedora-Cloud-Base-Generic-44-1.9.x86_64.qcow2",
            "44/Cloud/aarch64/images/Fedora-Cloud-Base-Generic-44-1.11.aarch64.qcow2",
            "44/Cloud/x86_64/images/Fedora-Cloud-Base-UEFI-UKI-44-1.12.x86_64.qcow2",
            "44/Cloud/x86_64/images/Fedora-Cloud-Base-Generic-44-1.13.x86_64.raw.xz",
            "test/45_Beta/Cloud/x86_64/images/Fedora-Cloud-Base-Generic-45_Beta-1.3.x86_64.qcow2",
            "43/Cloud/x86_64/images/Fedora-Cloud-Base-Generic-43-1.6.x86_64.qcow2",
        ];
        var (release, build) = (expected[..2], expected[3..]);
        var document = new JsonArray([.. names.Select(name => new JsonObject { ["link"] = "https://mirror.example/" + name, ["sha256"] = null })]);
        await using var server = new ScriptedServer()
            .On("GET", "/releases.json", Answer.Ok(document.ToJsonString()))
            .On("GET", $"/{release}/Cloud/x86_64/images/Fedora-Cloud-{release}-{build}-x86_64-CHECKSUM", Answer.Ok(_publisher.ClearSigned(
                $"SHA256 (Fedora-Cloud-Base-Generic-{expected}.x86_64.qcow2) = {Hexes[4]}")));

        var image = await ResolveAsync(server, "Fedora-Cloud-Base-Generic-{release}-{build}.{arch}.qcow2", "{release}/Cloud/{arch}/images/", """
            "newest": { "in": "Json", "file": "releases.json", "name": "/link" },
            "digests": { "file": "Fedora-Cloud-{release}-{build}-{arch}-CHECKSUM", "algorithm": "Sha256" },
            "signatureFile": { "file": "Fedora-Cloud-{release}-{build}-{arch}-CHECKSUM", "form": "ClearSigned" }
            """, "{release}-{build}", signed: true, behind: behind);

        Assert.Equal((expected, $"sha256:{Hexes[4]}"), (image.Revision, image.Digest.ToString()));
        Assert.Equal(
            $"/{release}/Cloud/x86_64/images/Fedora-Cloud-Base-Generic-{expected}.x86_64.qcow2", image.Location.AbsolutePath);
    }

    [Fact]
    public async Task A_document_brings_the_digest_of_the_one_image_at_a_pointer_in_it()
    {
        await using var server = new ScriptedServer().On("GET", "/streams/stable.json", Answer.Ok(WithDigests("""
            {"architectures":{"x86_64":{"artifacts":{
              "qemu":{"formats":{"qcow2.xz":{"disk":{"location":"https://b/prod/45.1/x86_64/fcos-45.1-qemu.x86_64.qcow2.xz","sha256":"@0"}}}},
              "openstack":{"formats":{"qcow2.xz":{"disk":{"location":"https://b/prod/44.20260707.3.1/x86_64/fcos-44.20260707.3.1-openstack.x86_64.qcow2.xz",
                "sha256":"@1","uncompressed-sha256":"@2"}}}}}}}}
            """)));

        var image = await ResolveAsync(server, "fcos-{revision}-openstack.{arch}.qcow2.xz", "prod/{revision}/{arch}/", """
            "newest": { "in": "Json", "file": "streams/stable.json", "each": "/architectures/{arch}/artifacts/openstack/formats/qcow2.xz/disk",
              "name": "/location", "digest": "/sha256" }
            """);

        Assert.Equal(("44.20260707.3.1", $"sha256:{Hexes[1]}"), (image.Revision, image.Digest.ToString()));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_listing_as_a_JSON_table_is_asked_for_with_its_query()
    {
        await using var server = new ScriptedServer()
            .On("GET", "/leap/?jsontable", Answer.Ok("""{"data":[{"name":"Leap-16.0.x86_64-Cloud-Build16.2.qcow2"},{"name":"Leap-16.0.x86_64-Cloud-Build16.10.qcow2"},{"name":"Leap-16.0.x86_64-Cloud.qcow2"}]}"""))
            .On("GET", "/leap/Leap-16.0.x86_64-Cloud-Build16.10.qcow2.sha256", Answer.Ok($"{Hexes[3]}  Leap-16.0.x86_64-Cloud-Build16.10.qcow2"));

        var image = await ResolveAsync(server, "Leap-16.0.{arch}-Cloud-Build{revision}.qcow2", "leap/", """
            "newest": { "in": "Json", "file": "leap/?jsontable", "each": "/data", "name": "/name" },
            "digests": { "file": "{image}.sha256", "algorithm": "Sha256" }
            """);

        Assert.Equal(("16.10", $"sha256:{Hexes[3]}"), (image.Revision, image.Digest.ToString()));
    }

    [Fact]
    public async Task A_list_of_versions_names_the_directory_and_previews_are_none()
    {
        await using var server = new ScriptedServer()
            .On("GET", "/versions", Answer.Ok("""["v1.9.0","v1.11.2","v1.12.0-alpha.1","v1.2.5"]"""))
            .On("GET", "/image/37/v1.11.2/openstack-amd64.raw.xz.sha256", Answer.Ok($"{Hexes[0]}  openstack-amd64.raw.xz"));

        var image = await ResolveAsync(server, "openstack-{arch}.raw.xz", "image/37/v{revision}/", """
            "newest": { "in": "Json", "file": "versions", "name": "" }, "digests": { "file": "{image}.sha256", "algorithm": "Sha256" },
            "architectureNames": { "Amd64": "amd64" }
            """, parts: """{ "revision": "[0-9]+\\.[0-9]+\\.[0-9]+" }""");

        Assert.Equal("1.11.2", image.Revision);
    }

    [Theory]
    [InlineData("not json", "is malformed")]
    [InlineData("[]", "names no image-{revision}.qcow2 among 0 names")]
    [InlineData("""[{"link":5},{"link":null},{"other":"image-1.qcow2"},7,{"link":"image-x.qcow2"}]""", "among 1 names")]
    public async Task A_document_without_the_image_says_so(string document, string expected)
    {
        await using var server = new ScriptedServer().On("GET", "/d.json", Answer.Ok(document));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => ResolveAsync(server, "image-{revision}.qcow2", "i/", """
            "newest": { "in": "Json", "file": "d.json", "name": "/link", "digest": "/sha256" }
            """));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>An MD5 is none.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("\"0123456789abcdef0123456789abcdef\"")]
    public async Task A_document_without_a_digest_that_counts_is_refused(string digest)
    {
        await using var server = new ScriptedServer().On("GET", "/d.json", Answer.Ok($$"""[{"link":"image-1.qcow2","sha256":{{digest}}}]"""));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => ResolveAsync(server, "image-{revision}.qcow2", "i/", """
            "newest": { "in": "Json", "file": "d.json", "name": "/link", "digest": "/sha256" }
            """));

        Assert.Contains("gives image-1.qcow2 no digest", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Simplestreams_are_read_by_their_serials_whatever_stands_last_and_prove_their_digests()
    {
        var stream = _publisher.ClearSigned(WithDigests("""
            {"format":"products:1.0","products":{"com.ubuntu.cloud:server:24.04:amd64":{"versions":{
              "20240821":{"items":{"disk1.img":{"path":"server/releases/noble/release-20240821/ubuntu-24.04-server-cloudimg-amd64.img","sha256":"@0"},
                "squashfs":{"path":"server/releases/noble/release-20240821/ubuntu-24.04-server-cloudimg-amd64.squashfs","sha256":"@5"}}},
              "20240605.1":{"items":{"disk1.img":{"path":"server/releases/noble/release-20240605.1/ubuntu-24.04-server-cloudimg-amd64.img","sha256":"@1"}}},
              "20250101":{"items":{"disk1.img":{"path":"../../evil/release-20250101/ubuntu-24.04-server-cloudimg-amd64.img","sha256":"@2"}}}}}}}
            """));
        await using var server = new ScriptedServer().On("GET", "/streams/v1/com.ubuntu.cloud:released:download.sjson", Answer.Ok(stream));

        var image = await ResolveAsync(server, "ubuntu-24.04-server-cloudimg-{arch}.img", "server/releases/noble/release-{revision}/", """
            "newest": { "in": "Simplestreams", "file": "streams/v1/com.ubuntu.cloud:released:download.sjson",
              "product": "com.ubuntu.cloud:server:24.04:{arch}", "item": "disk1.img", "clearSigned": true },
            "architectureNames": { "Amd64": "amd64" }
            """, signed: true);

        Assert.Equal(("20240821", $"sha256:{Hexes[0]}", _publisher.Key.Fingerprint), (image.Revision, image.Digest.ToString(), image.Provenance.SignedBy));
        Assert.Equal("/server/releases/noble/release-20240821/ubuntu-24.04-server-cloudimg-amd64.img", image.Location.AbsolutePath);
    }

    [Theory]
    [InlineData("alpine-3.24.2-x86_64-cloudinit-r2.qcow2", "3.24.2-r2")]
    [InlineData("nocloud_alpine-3.24.10-x86_64-bios-cloudinit-r0.qcow2", "3.24.10-r0")]
    public async Task Two_naming_schemes_stand_side_by_side_in_the_newest_branch(string newest, string revision)
    {
        await using var server = new ScriptedServer()
            .On("GET", "/", Answer.Ok("""<a href="v3.9/">v</a><a href="v3.24/">v</a><a href="latest-stable/">l</a><a href="edge/">e</a>"""))
            .On("GET", "/v3.24/releases/cloud/", Answer.Ok(string.Concat(new[]
            {
                "nocloud_alpine-3.24.1-x86_64-bios-cloudinit-r5.qcow2", "nocloud_alpine-3.24.1-x86_64-uefi-cloudinit-r5.qcow2", newest,
                "alpine-3.24.2-x86_64-cloudinit-metal-r9.qcow2", "alpine-3.24.2-x86_64-tiny-r9.qcow2", newest + ".sha512",
            }.Select(name => $"<a href=\"{name}\">x</a>"))))
            .On("GET", $"/v3.24/releases/cloud/{newest}.sha512", Answer.Ok(Longer + "\n"));

        var image = await ResolveAsync(server, "alpine-{version}-{arch}-cloudinit-r{build}.qcow2", "v{branch}/releases/cloud/", """
            "newest": { "in": "Listing" }, "digests": { "file": "{image}.sha512", "algorithm": "Sha512" }
            """, "{version}-r{build}", otherNames: """["nocloud_alpine-{version}-{arch}-bios-cloudinit-r{build}.qcow2"]""");

        Assert.Equal((revision, $"sha512:{Longer}"), (image.Revision, image.Digest.ToString()));
    }

    [Fact]
    public async Task A_clear_signed_copy_of_the_list_may_lie_on_another_server()
    {
        const string Name = "FreeBSD-15.1-RELEASE-arm64-aarch64-BASIC-CLOUDINIT-ufs.qcow2.xz";
        await using var website = new ScriptedServer().On(
            "GET", "/releases/15.1R/CHECKSUM-FreeBSD-15.1-RELEASE-arm64-aarch64-vm.asc", Answer.Ok(_publisher.ClearSigned($"SHA512 ({Name}) = {Longer}")));
        await using var server = new ScriptedServer()
            .On("GET", "/", Answer.Ok("""<a href="14.4-RELEASE/">v</a><a href="15.1-RELEASE/">v</a><a href="15.1-STABLE/">v</a>"""));

        var image = await ResolveAsync(server, "FreeBSD-{version}-RELEASE-{arch}-BASIC-CLOUDINIT-ufs.qcow2.xz", "{version}-RELEASE/{arch}/Latest/", $$"""
            "newest": { "in": "Listing" }, "digests": { "file": "CHECKSUM.SHA512", "algorithm": "Sha512" },
            "signatureFile": { "file": "{{website.Url}}releases/{version}R/CHECKSUM-FreeBSD-{version}-RELEASE-{arch}-vm.asc", "form": "ClearSigned" },
            "architectureNames": { "Amd64": "arm64-aarch64" }, "architectureDirectories": { "Amd64": "aarch64" }
            """, "{version}", signed: true);

        Assert.Equal(("15.1", $"/15.1-RELEASE/aarch64/Latest/{Name}"), (image.Revision, image.Location.AbsolutePath));
        Assert.Equal(_publisher.Key.Fingerprint, image.Provenance.SignedBy);
    }

    [Fact]
    public async Task An_image_at_a_place_of_its_own_is_proven_by_the_digest_in_its_entry_and_is_private()
    {
        File.WriteAllText(_file, $$"""
            { "distributions": { "golden": { "url": "https://images.acme.example/golden/acme-7.qcow2", "digest": "sha512:{{Longer}}",
              "revision": "7.2", "title": "Acme", "architectures": ["Amd64"], "osDistro": "acme", "osVersion": "7", "adminUser": "root" } } }
            """);

        var spec = CatalogLoader.Load(_file, new Dictionary<string, Uri>(StringComparer.Ordinal)).Get("golden");
        var image = await _publisher.ResolveAsync(spec);

        Assert.Equal(("7.2", $"sha512:{Longer}", ProvenanceKind.Pinned), (image.Revision, image.Digest.ToString(), image.Provenance.Kind));
        Assert.Equal("https://images.acme.example/golden/acme-7.qcow2", image.Location.AbsoluteUri);
        Assert.Equal(ImageVisibility.Private, spec.Visibility);
    }

    [Theory]
    [InlineData(0, null, 0)]
    [InlineData(3, null, 3)]
    [InlineData(3, "same", 3)]
    [InlineData(3, "Thu, 01 Jan 2026 00:00:00 GMT", 0)] // it was another file then
    [InlineData(99, null, 0)]
    public async Task A_file_of_this_machine_is_read_from_where_it_was_asked_to(long from, string? version, long start)
    {
        await File.WriteAllTextAsync(_file, "0123456789", Cancel);
        using var client = UpstreamFixture.Client();
        var changed = new DateTimeOffset(File.GetLastWriteTimeUtc(_file)).ToString("R");

        await using var body = await client.OpenAsync(new Uri(_file), from, version is "same" ? changed : version, Cancel);

        using var reader = new StreamReader(body.Content);
        Assert.Equal((start, 10, "0123456789"[(int)start..]), (body.Start, body.TotalLength, await reader.ReadToEndAsync(Cancel)));
        Assert.Equal(changed, body.Version);
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_too_large_is_told()
    {
        using var small = UpstreamFixture.Client(UpstreamFixture.Options with { MaxImageBytes = 9 });
        var missing = await Assert.ThrowsAsync<UpstreamException>(() => small.OpenAsync(new Uri(_file), 0, null, Cancel));
        await File.WriteAllTextAsync(_file, "0123456789", Cancel);

        await Assert.ThrowsAsync<Imgsync.Core.Content.ContentTooLongException>(() => small.OpenAsync(new Uri(_file), 0, null, Cancel));

        Assert.StartsWith($"Reading the image {_file} failed: ", missing.Message, StringComparison.Ordinal);
    }

    private async Task<ResolvedImage> ResolveAsync(
        ScriptedServer server, string image, string path, string pieces, string revision = "{revision}", bool signed = false, int behind = 0,
        string parts = "{}", string otherNames = "[]")
    {
        var names = pieces.Contains("architectureNames", StringComparison.Ordinal) ? "" : """, "architectureNames": { "Amd64": "x86_64" }""";
        await File.WriteAllTextAsync(_file, $$"""
            {
              "publishers": { "own": { "url": "{{server.Url}}", "index": "pieces", {{pieces}}{{names}},
                "signature": "{{(signed ? "Required" : "None")}}", "signedBy": ["{{_publisher.Key.Fingerprint}}"] } },
              "distributions": { "own": { "publisher": "own", "title": "Own", "path": "{{path}}", "image": "{{image}}", "revision": "{{revision}}",
                "parts": {{parts}}, "otherNames": {{otherNames}}, "behind": {{behind}}, "architectures": ["Amd64"], "osDistro": "own", "osVersion": "1",
                "adminUser": "own" } }
            }
            """, Cancel);
        var spec = CatalogLoader.Load(_file, new Dictionary<string, Uri>(StringComparer.Ordinal)).Get("own");
        return await _publisher.ResolveAsync(spec);
    }

    private static string WithDigests(string text) =>
        Hexes.Index().Aggregate(text, (filled, hex) => filled.Replace($"@{hex.Index}", hex.Item, StringComparison.Ordinal));
}
