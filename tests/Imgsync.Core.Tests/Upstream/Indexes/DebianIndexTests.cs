using System.Security.Cryptography;
using System.Text;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Tests.Upstream.Client;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Upstream.Indexes;

public sealed class DebianIndexTests
{
    private const string Manifest = "/bookworm/latest/debian-12-genericcloud-amd64.json";
    private const string Dated = "bookworm/20240717-1811/";
    private const string Stamped = "debian-12-genericcloud-amd64-20240717-1811.qcow2";

    private static readonly byte[] Sha512 = SHA512.HashData("the image"u8);
    private static readonly string Hex = Convert.ToHexStringLower(Sha512);

    private readonly List<(string List, Uri Signature)> _checked = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pins_latest_to_its_dated_directory_with_two_requests()
    {
        await using var server = new ScriptedServer()
            .On("GET", Manifest, Answer.Json(Json()))
            .On("GET", $"/{Dated}SHA512SUMS", Answer.Ok($"{Hex}  {Stamped}\n"));

        var image = await ResolveAsync(server);

        Assert.Equal(("debian12", "20240717-1811", new DateOnly(2024, 7, 17)), (image.Distribution, image.Revision, image.BuildDate));
        Assert.Equal(new Uri(server.Url, Dated + Stamped), image.Location);
        Assert.Equal($"https://cloud.debian.org/images/cloud/{Dated}{Stamped}", image.OfficialLocation.AbsoluteUri);
        Assert.Equal(Digest.FromBytes(DigestAlgorithm.Sha512, Sha512), image.Digest);
        Assert.Equal(new Provenance(ProvenanceKind.DigestOverHttp), image.Provenance);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task The_manifest_witnesses_that_nothing_has_changed()
    {
        await using var server = new ScriptedServer()
            .On("GET", Manifest, Answer.Json(Json()).With("ETag", "\"7\"").With("Last-Modified", "Wed, 17 Jul 2024 18:11:00 GMT"))
            .On("GET", $"/{Dated}SHA512SUMS", Answer.Ok($"{Hex}  {Stamped}\n"));

        var image = await ResolveAsync(server);

        Assert.Equal(new Witness(new Uri(server.Url, Manifest.TrimStart('/')), new FileVersion("\"7\"", null)), image.Witness);
    }

    [Fact]
    public async Task Understands_the_names_of_daily_images()
    {
        const string Daily = "debian-sid-genericcloud-amd64-daily-20260717-2542.qcow2";
        await using var server = new ScriptedServer()
            .On(
                "GET", "/sid/daily/latest/debian-sid-genericcloud-amd64-daily.json", Answer.Json(
                    Json($"sid/daily/20260717-2542/{Daily}", "20260717-2542")))
            .On("GET", "/sid/daily/20260717-2542/SHA512SUMS", Answer.Ok($"{Hex}  {Daily}\n"));

        Assert.Equal("20260717-2542", (await ResolveAsync(server, "debian-testing")).Revision);
    }

    [Fact]
    [Shows("a-manifest-and-a-checksum-file-that-disagree-are-both-named-and-nothing-is-offered")]
    public async Task A_manifest_and_a_checksum_file_that_disagree_are_both_named_and_nothing_is_offered()
    {
        var other = new string('0', 128);
        await using var server = new ScriptedServer()
            .On("GET", Manifest, Answer.Json(Json()))
            .On("GET", $"/{Dated}SHA512SUMS", Answer.Ok($"{other}  {Stamped}\n"));

        var refusal = await Assert.ThrowsAsync<IntegrityException>(() => ResolveAsync(server));

        Assert.Contains(Hex, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(other, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [Shows("a-pointer-to-anything-but-our-image-in-its-dated-directory-is-refused")]
    [InlineData("../../etc/20240717-1811/debian-12-genericcloud-amd64-20240717-1811.qcow2")]
    [InlineData("https://evil.example/20240717-1811/debian-12-genericcloud-amd64-20240717-1811.qcow2")]
    [InlineData("//evil.example/20240717-1811/debian-12-genericcloud-amd64-20240717-1811.qcow2")]
    [InlineData("/bookworm/20240717-1811/debian-12-genericcloud-amd64-20240717-1811.qcow2")]
    [InlineData("bookworm/%2e%2e/20240717-1811/debian-12-genericcloud-amd64-20240717-1811.qcow2")]
    [InlineData("bookworm/20240717-1811/debian-12-genericcloud-amd64-20240717-1811.qcow2?x=y")]
    [InlineData("bookworm/20240717-1811/debian-12-nocloud-amd64-20240717-1811.qcow2")]
    [InlineData("bookworm/20240717-1811/debian-12-genericcloud-arm64-20240717-1811.qcow2")]
    [InlineData("bookworm/latest/debian-12-genericcloud-amd64-20240717-1811.qcow2")]
    [InlineData("debian-12-genericcloud-amd64-20240717-1811.qcow2")]
    [InlineData("")]
    public Task A_pointer_to_anything_but_our_image_in_its_dated_directory_is_refused(string pointer) =>
        RefusedAsync(Json(pointer), "points at");

    [Theory]
    [InlineData("../20240717-1811")]
    [InlineData("20240717")]
    [InlineData("latest")]
    public Task A_version_that_is_none_of_the_pointers_is_refused(string version) => RefusedAsync(Json(version: version), version);

    [Theory]
    [InlineData("sha512:")]
    [InlineData("sha256:12EiyHyUDRq5")]
    [InlineData("md5:12EiyHyUDRq5")]
    public Task A_digest_that_is_no_sha512_is_refused(string digest) => RefusedAsync(Json(digest: digest), "gives the digest");

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"items\": 1}")]
    [InlineData("<html>not found</html>")]
    public Task A_manifest_that_is_none_is_refused(string manifest) => RefusedAsync(manifest, "is malformed");

    [Theory]
    [InlineData("{\"items\": []}")]
    [InlineData(
        "{\"items\": [null, {\"kind\": \"Upload\"}, {\"kind\": \"Upload\", \"data\": [], \"metadata\": {\"labels\": "
            + "{\"upload.cloud.debian.org/image-format\": 5}}}]}")]
    public Task A_manifest_without_our_format_is_refused(string manifest) =>
        RefusedAsync(manifest, "does not list exactly one upload in the format qcow2");

    [Fact]
    public async Task Without_a_manifest_the_dated_directory_is_found_by_its_content()
    {
        var older = new string('0', 128);
        await using var server = new ScriptedServer()
            .On("GET", Manifest, Answer.Of(404))
            .On("GET", "/bookworm/latest/SHA512SUMS", Answer.Ok($"{Hex}  debian-12-genericcloud-amd64.qcow2\n"))
            .On("GET", "/bookworm/", Answer.Ok("""
                <a href="../">Parent</a> <a href="20240211-1654/">x</a> <a href="20240717-1811/">x</a> <a href="20240717-999/">x</a>
                <a href="20240801-1/">half uploaded</a> <a href="latest/">latest/</a> <a href="https://evil.example/20990101-1/">x</a>
                """))
            .On("GET", "/bookworm/20240801-1/SHA512SUMS", Answer.Of(404))
            .On("GET", "/bookworm/20240717-1811/SHA512SUMS", Answer.Ok($"{older}  x\n{Hex}  {Stamped}\n"));

        var image = await ResolveAsync(server);

        Assert.Equal("20240717-1811", image.Revision);
        Assert.Equal(new Uri(server.Url, Dated + Stamped), image.Location);
    }

    [Fact]
    public async Task Without_a_manifest_only_the_newest_directories_are_looked_at()
    {
        await using var server = new ScriptedServer()
            .On("GET", Manifest, Answer.Of(404))
            .On("GET", "/bookworm/latest/SHA512SUMS", Answer.Ok($"{Hex}  debian-12-genericcloud-amd64.qcow2\n"))
            .On("GET", "/bookworm/", Answer.Ok(string.Concat(Enumerable.Range(1, 9).Select(day => $"<a href=\"2024070{day}-1/\">"))))
            .On("GET", "/bookworm/20240709-1/SHA512SUMS", Answer.Of(404))
            .On("GET", "/bookworm/20240708-1/SHA512SUMS", Answer.Of(404))
            .On("GET", "/bookworm/20240707-1/SHA512SUMS", Answer.Of(404));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => ResolveAsync(server));

        Assert.Contains("None of the 3 newest dated directories", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    public async Task The_list_that_counts_is_offered_for_a_check_of_its_signature(int manifest)
    {
        var list = $"{Hex}  {Stamped}\n";
        await using var server = new ScriptedServer()
            .On("GET", Manifest, manifest == 200 ? Answer.Json(Json()) : Answer.Of(manifest))
            .On("GET", "/bookworm/latest/SHA512SUMS", Answer.Ok($"{Hex}  debian-12-genericcloud-amd64.qcow2\n"))
            .On("GET", "/bookworm/", Answer.Ok("<a href=\"20240717-1811/\">"))
            .On("GET", $"/{Dated}SHA512SUMS", Answer.Ok(list));

        await ResolveAsync(server);

        Assert.Equal((list, new Uri(server.Url, $"{Dated}SHA512SUMS.sign")), Assert.Single(_checked));
    }

    /// <summary>The manifest is there or not, what the list has for the raw file, what the manifest has for it, and what is offered.</summary>
    [Theory]
    [InlineData(true, "a", "a", "raw")]
    [InlineData(true, "a", "", "raw")]
    [InlineData(true, "", "a", "none")]
    [InlineData(true, "", "", "none")]
    [InlineData(true, "a", "b", "refused")]
    [InlineData(true, "alone", "", "none")]
    [InlineData(false, "a", "", "raw")]
    [InlineData(false, "", "", "none")]
    [InlineData(true, "a", "a", "none", "none")]
    [InlineData(true, "a", "a", "raw", null, "20240717-1811")]
    [InlineData(true, "", "a", "none", null, "20240717-1811")]
    public async Task The_raw_file_is_offered_where_the_list_that_proves_the_image_has_it(
        bool hasManifest, string listed, string inManifest, string expected, string? name = null, string? revision = null)
    {
        const string Raw = "debian-12-genericcloud-amd64-20240717-1811.raw";
        var list = listed is "alone" ? Hex : $"{Hex}  {Stamped}\n" + (listed is "" ? "" : $"{Convert.ToHexStringLower(Of(listed))}  {Raw}\n");
        await using var server = new ScriptedServer()
            .On("GET", Manifest, hasManifest
                ? Answer.Json(Json(raw: inManifest is "" ? null : $"sha512:{Convert.ToBase64String(Of(inManifest)).TrimEnd('=')}"))
                : Answer.Of(404))
            .On("GET", "/bookworm/latest/SHA512SUMS", Answer.Ok($"{Hex}  debian-12-genericcloud-amd64.qcow2\n"))
            .On("GET", "/bookworm/", Answer.Ok("<a href=\"20240717-1811/\">"))
            .On("GET", $"/{Dated}SHA512SUMS", Answer.Ok(list));
        var overrides = new DistributionOverrides
        {
            RawImageName = name,
            Revision = revision,
            Mirrors = [new("https://near.example/debian/")],
        };

        ResolvedImage? image = null;
        var wrong = await Record.ExceptionAsync(async () => image = await ResolvedAsync());

        Assert.Equal(expected, wrong is IntegrityException ? "refused" : image?.Other is null ? "none" : "raw");
        if (expected is "refused")
            Assert.Contains($"gives {Raw} the digest", wrong!.Message, StringComparison.Ordinal);
        if (image?.Other is { } raw)
            Assert.Equal(
                (new Uri(server.Url, Dated + Raw), $"https://cloud.debian.org/images/cloud/{Dated}{Raw}", "raw", Packing.None,
                    Digest.FromBytes(DigestAlgorithm.Sha512, Of(listed)), $"https://near.example/debian/{Dated}{Raw}"),
                (raw.Location, raw.OfficialLocation.AbsoluteUri, raw.DiskFormat, raw.Packing, raw.Digest, raw.Mirrors.Single().AbsoluteUri));

        static byte[] Of(string content) => SHA512.HashData(Encoding.ASCII.GetBytes(content));

        async Task<ResolvedImage> ResolvedAsync()
        {
            using var client = UpstreamFixture.Client();
            return await new DebianIndex(client, CheckAsync).ResolveAsync(UpstreamFixture.Spec("debian12", server.Url, overrides), Cancelled);
        }
    }

    private async Task RefusedAsync(string manifest, string expected)
    {
        await using var server = new ScriptedServer().On("GET", Manifest, Answer.Json(manifest));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => ResolveAsync(server));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    private Task<Provenance> CheckAsync(ReadOnlyMemory<byte> list, Uri signature, Publisher publisher, CancellationToken cancellationToken)
    {
        _checked.Add((Encoding.UTF8.GetString(list.Span), signature));
        return Task.FromResult(PublisherSignatures.Unsigned(signature));
    }

    private async Task<ResolvedImage> ResolveAsync(ScriptedServer server, string key = "debian12")
    {
        using var client = UpstreamFixture.Client();
        return await new DebianIndex(client, CheckAsync).ResolveAsync(UpstreamFixture.Spec(key, server.Url), Cancelled);
    }

    // As the publishing program writes it: the build and every other file have digests of their own.
    private static string Json(string pointer = Dated + Stamped, string version = "20240717-1811", string? digest = null, string? raw = "sha512:BBBB") => $$"""
        {
          "apiVersion": "v1", "kind": "List",
          "items": [
            { "kind": "Build", "data": { "info": { "version": "{{version}}" }, "packages": [] },
              "metadata": { "annotations": { "cloud.debian.org/digest": "sha512:AAAA" }, "labels": { "cloud.debian.org/version": "{{version}}" } } },
            { "kind": "Upload", "data": { "ref": "{{pointer.Replace("qcow2", "raw", StringComparison.Ordinal)}}" },
              "metadata": { "annotations": { "cloud.debian.org/digest": "{{raw}}" },
                "labels": { "upload.cloud.debian.org/image-format": "{{(raw is null ? "other" : "raw")}}", "cloud.debian.org/version": "{{version}}" } } },
            { "kind": "Upload", "data": { "familyRef": null, "provider": "cloud.debian.org", "ref": "{{pointer}}" },
              "metadata": { "annotations": { "cloud.debian.org/digest": "{{digest ?? $"sha512:{Convert.ToBase64String(Sha512).TrimEnd('=')}"}}" },
                "labels": { "upload.cloud.debian.org/image-format": "qcow2", "cloud.debian.org/version": "{{version}}" } } }
          ]
        }
        """;
}
