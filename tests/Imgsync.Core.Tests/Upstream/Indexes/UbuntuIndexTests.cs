using System.IO.Compression;
using System.Text;
using Imgsync.Core.Catalog;
using Imgsync.Core.Content;
using Imgsync.Core.Signatures;
using Imgsync.Core.Tests.Upstream.Client;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Core.Tests.Upstream.Indexes;

public sealed class UbuntuIndexTests
{
    private const string BuildInfo = "/noble/current/unpacked/build-info.txt";
    private const string Current = "/noble/current/SHA256SUMS";
    private const string Name = "noble-server-cloudimg-amd64.img";

    private static readonly string Hex = new('a', 64);
    private static readonly string OtherHex = new('b', 64);
    private static readonly Provenance Signed = new(ProvenanceKind.Signed, "D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81");

    private readonly List<(string List, Uri Signature)> _checked = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pins_current_to_its_serial_and_has_that_directorys_list_checked()
    {
        var list = $"{OtherHex} *{Name}.vmdk\n{Hex} *{Name}\n";
        await using var server = new ScriptedServer()
            .On("GET", BuildInfo, Answer.Ok("orig_prefix=noble-server-cloudimg-amd64\nserial=20240605.1\r\nsuite=noble\n"))
            .On("GET", Current, Answer.Ok(list))
            .On("GET", "/noble/20240605.1/SHA256SUMS", Answer.Ok(list));

        var image = await ResolveAsync(server);

        Assert.Equal(("ubuntu24", "20240605.1", new DateOnly(2024, 6, 5)), (image.Distribution, image.Revision, image.BuildDate));
        Assert.Equal(new Uri(server.Url, $"noble/20240605.1/{Name}"), image.Location);
        Assert.Equal($"https://cloud-images.ubuntu.com/noble/20240605.1/{Name}", image.OfficialLocation.AbsoluteUri);
        Assert.Equal($"sha256:{Hex}", image.Digest.ToString());
        Assert.Equal(Signed, image.Provenance);
        Assert.Equal((list, new Uri(server.Url, "noble/20240605.1/SHA256SUMS.gpg")), Assert.Single(_checked));
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("serial=\n")]
    [InlineData("serial=../../evil\n")]
    [InlineData("serial=20240605/../x\n")]
    [InlineData("xserial=20240605\n")]
    public async Task A_serial_that_is_none_is_refused(string buildInfo)
    {
        await using var server = new ScriptedServer().On("GET", Current, Answer.Of(404)).On("GET", BuildInfo, Answer.Ok(buildInfo));

        await Assert.ThrowsAsync<UpstreamException>(() => ResolveAsync(server));
    }

    [Fact]
    public async Task Without_build_info_the_serial_is_found_by_its_content()
    {
        await using var server = new ScriptedServer()
            .On("GET", BuildInfo, Answer.Of(404))
            .On("GET", Current, Answer.Ok($"{Hex} *{Name}\n"))
            .On(
                "GET", "/noble/", Answer.Ok(
                    "<pre><a href=\"20240605.9/\">x</a>\n<a href=\"20240605.10/\">x</a>\n<a href=\"current/\">current/</a></pre>"))
            .On("GET", "/noble/20240605.10/SHA256SUMS", Answer.Ok($"{OtherHex} *{Name}\n"))
            .On("GET", "/noble/20240605.9/SHA256SUMS", Answer.Ok($"{Hex} *{Name}\n"));

        Assert.Equal("20240605.9", (await ResolveAsync(server)).Revision);
        Assert.EndsWith("/noble/20240605.9/SHA256SUMS.gpg", Assert.Single(_checked).Signature.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_that_compresses_whatever_it_sends_offers_what_is_published()
    {
        var list = $"{Hex} *{Name}\n";
        await using var server = new ScriptedServer()
            .On("GET", BuildInfo, Compressed("serial=20240605.1\n"))
            .On("GET", Current, Compressed(list))
            .On("GET", "/noble/20240605.1/SHA256SUMS", Compressed(list));

        Assert.Equal($"sha256:{Hex}", (await ResolveAsync(server)).Digest.ToString());
        Assert.Equal(list, Assert.Single(_checked).List);
    }

    [Theory]
    [InlineData("<a href='a/'></a><a href='b/'></a><a href='../20240605/'></a>", "2 names were read: \"a\", \"b\".")]
    [InlineData("""["a","b","c","d","e","f","2024","20241301"]""", "8 names were read: \"a\", \"b\", \"c\", \"d\", \"e\", ....")]
    [InlineData("<h1>It works!</h1>", "no name was read there, so it may be no directory listing.")]
    [InlineData("", "no name was read there")]
    public async Task Where_there_is_no_dated_directory_it_is_told_what_was_read(string listing, string expected)
    {
        await using var server = new ScriptedServer()
            .On("GET", BuildInfo, Answer.Of(404))
            .On("GET", Current, Answer.Ok($"{Hex} *{Name}\n"))
            .On("GET", "/noble/", Answer.Ok(listing));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => ResolveAsync(server));

        Assert.StartsWith(
            $"{server.Url}noble/ lists no dated directory <day>, and no file says which revision noble/current/ is; {expected}",
            refusal.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "answered 404 Not Found")]
    [InlineData(403, "does not let us read it")]
    public async Task A_listing_that_cannot_be_had_is_told_with_what_it_is_for(int status, string expected)
    {
        await using var server = new ScriptedServer()
            .On("GET", BuildInfo, Answer.Of(404))
            .On("GET", Current, Answer.Ok($"{Hex} *{Name}\n"))
            .On("GET", "/noble/", Answer.Of(status));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => ResolveAsync(server));

        Assert.StartsWith("No file says which revision noble/current/ is, and the directory listing", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_release_trees_directories_carry_a_prefix()
    {
        await using var server = new ScriptedServer()
            .On("GET", "/releases/noble/release/SHA256SUMS", Answer.Of(404))
            .On("GET", "/releases/noble/release/unpacked/build-info.txt", Answer.Ok("serial=20260705\n"))
            .On("GET", "/releases/noble/release-20260705/SHA256SUMS", Answer.Ok($"{Hex} *ubuntu-24.04-server-cloudimg-amd64.img\n"));
        var spec = UpstreamFixture.Spec(
            "ubuntu24", server.Url) with
        { Path = "releases/noble/release/", ImageName = "ubuntu-24.04-server-cloudimg-amd64.img" };

        var image = await ResolveAsync(server, spec);

        Assert.Equal("20260705", image.Revision);
        Assert.Equal(new Uri(server.Url, "releases/noble/release-20260705/ubuntu-24.04-server-cloudimg-amd64.img"), image.Location);
    }

    [Fact]
    public async Task The_pointers_own_list_witnesses_that_nothing_has_changed()
    {
        var list = $"{Hex} *{Name}\n";
        await using var server = new ScriptedServer()
            .On("GET", Current, Answer.Ok(list).With("ETag", "W/\"7\""))
            .On("GET", BuildInfo, Answer.Ok("serial=20240605\n"))
            .On("GET", "/noble/20240605/SHA256SUMS", Answer.Ok(list));

        var image = await ResolveAsync(server);

        Assert.Equal(new Witness(new Uri(server.Url, "noble/current/SHA256SUMS"), new FileVersion("W/\"7\"", null)), image.Witness);
    }

    [Fact]
    public async Task A_pointer_that_moves_while_it_is_followed_witnesses_nothing()
    {
        await using var server = new ScriptedServer()
            .On("GET", Current, Answer.Ok($"{OtherHex} *{Name}\n").With("ETag", "\"7\""))
            .On("GET", BuildInfo, Answer.Ok("serial=20240605\n"))
            .On("GET", "/noble/20240605/SHA256SUMS", Answer.Ok($"{Hex} *{Name}\n"));

        Assert.Null((await ResolveAsync(server)).Witness);
    }

    [Fact]
    public async Task A_list_without_our_name_is_refused()
    {
        await using var server = new ScriptedServer()
            .On("GET", Current, Answer.Of(404))
            .On("GET", BuildInfo, Answer.Ok("serial=20240605\n"))
            .On("GET", "/noble/20240605/SHA256SUMS", Answer.Ok($"{Hex} *noble-server-cloudimg-amd64v3.img\n"));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => ResolveAsync(server));

        Assert.Contains($"has no sha256 digest for {Name}", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_checked);
    }

    [Fact]
    public async Task A_list_whose_signature_does_not_hold_offers_nothing()
    {
        await using var server = new ScriptedServer()
            .On("GET", Current, Answer.Of(404))
            .On("GET", BuildInfo, Answer.Ok("serial=20240605\n"))
            .On("GET", "/noble/20240605/SHA256SUMS", Answer.Ok($"{Hex} *{Name}\n"));
        using var client = UpstreamFixture.Client();
        var index = new UbuntuIndex(client, (_, _, _, _) => throw new IntegrityException("forged"));

        await Assert.ThrowsAsync<IntegrityException>(() => index.ResolveAsync(UpstreamFixture.Spec("ubuntu24", server.Url), Cancelled));
    }

    [Fact]
    public async Task The_resolver_chooses_the_index_by_the_publishers_format()
    {
        await using var server = new ScriptedServer()
            .On("GET", Current, Answer.Of(404))
            .On("GET", BuildInfo, Answer.Ok("serial=20240605\n"))
            .On("GET", "/noble/20240605/SHA256SUMS", Answer.Ok($"{Hex} *{Name}\n"));
        using var client = UpstreamFixture.Client();
        var resolver = new ImageResolver(
            [new DebianIndex(client, CheckAsync), new UbuntuIndex(client, CheckAsync)], NullLogger<ImageResolver>.Instance);
        var spec = UpstreamFixture.Spec("ubuntu24", server.Url);

        Assert.Equal("20240605", (await resolver.ResolveAsync(spec, Cancelled)).Revision);
        await Assert.ThrowsAsync<ConfigurationException>(
            () => resolver.ResolveAsync(spec with { Publisher = spec.Publisher with { Index = "rpm" } }, Cancelled));
    }

    [Fact]
    [Shows("what-must-be-signed-is-refused-even-where-an-index-format-does-not-look")]
    public async Task What_must_be_signed_is_refused_even_where_an_index_format_does_not_look()
    {
        await using var server = new ScriptedServer()
            .On("GET", Current, Answer.Of(404))
            .On("GET", BuildInfo, Answer.Ok("serial=20240605\n"))
            .On("GET", "/noble/20240605/SHA256SUMS", Answer.Ok($"{Hex} *{Name}\n"));
        using var client = UpstreamFixture.Client();
        var careless = new UbuntuIndex(client, (_, _, _, _) => Task.FromResult(new Provenance(ProvenanceKind.DigestOverHttps)));
        var resolver = new ImageResolver([careless], NullLogger<ImageResolver>.Instance);

        var refusal = await Assert.ThrowsAsync<SignatureException>(
            () => resolver.ResolveAsync(UpstreamFixture.Spec("ubuntu24", server.Url), Cancelled));

        Assert.Contains("the signature policy of ubuntu24 is required", refusal.Message, StringComparison.Ordinal);
    }

    private async Task<ResolvedImage> ResolveAsync(ScriptedServer server, DistributionSpec? spec = null)
    {
        using var client = UpstreamFixture.Client();
        return await new UbuntuIndex(client, CheckAsync).ResolveAsync(spec ?? UpstreamFixture.Spec("ubuntu24", server.Url), Cancelled);
    }

    private static Answer Compressed(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return Answer.Ok(bytes.ToArray()).With("Content-Encoding", "gzip");
    }

    private Task<Provenance> CheckAsync(ReadOnlyMemory<byte> list, Uri signature, Publisher publisher, CancellationToken cancellationToken)
    {
        _checked.Add((Encoding.UTF8.GetString(list.Span), signature));
        return Task.FromResult(Signed);
    }
}
