using System.IO.Compression;
using System.Text;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Client;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Upstream.Client;

/// <summary>Servers that compress although every request asks for the bytes as they are.</summary>
public sealed class UpstreamEncodingTests
{
    private const int Bound = 64 * 1024;

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static readonly byte[] Content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 900).Select(i => $"{i} of a list\n")));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [Shows("a-small-file-that-comes-compressed-is-read")]
    [InlineData("gzip", "gzip")]
    [InlineData("GZip", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("deflate", "zlib")]
    [InlineData("deflate", "deflate")]
    [InlineData("br", "br")]
    [InlineData("gzip, br", "gzip", "br")]
    [InlineData("br,gzip", "br", "gzip")]
    [InlineData("gzip, gzip", "gzip", "gzip")]
    [InlineData("identity")]
    [InlineData("identity, x-gzip", "gzip")]
    [InlineData("aws-chunked")]
    [InlineData("")]
    public async Task A_small_file_that_comes_compressed_is_read(string header, params string[] forms) =>
        Assert.Equal(Content, await ReadAsync(Answer.Ok(forms.Aggregate(Content, Encode)).With("Content-Encoding", header)));

    [Fact]
    public async Task Encodings_may_stand_in_headers_of_their_own() =>
        Assert.Equal(
            Content, await ReadAsync(
                Answer.Ok(Encode(Encode(Content, "gzip"), "br")).With("Content-Encoding", "gzip").With("Content-Encoding", "br")));

    [Fact]
    public async Task A_gzip_stream_may_have_several_members() =>
        Assert.Equal(
            Content, await ReadAsync(
                Answer.Ok([.. Encode(Content[..100], "gzip"), .. Encode(Content[100..], "gzip")]).With("Content-Encoding", "gzip")));

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task An_empty_body_is_an_empty_file(string encoding) =>
        Assert.Empty(await ReadAsync(Answer.Ok("").With("Content-Encoding", encoding)));

    [Theory]
    [InlineData("zstd")]
    [InlineData("compress")]
    [InlineData("utf-8")]
    [InlineData("gzip, zstd")]
    public async Task An_encoding_that_is_not_known_is_named(string header)
    {
        var fault = await RefusalAsync(Answer.Ok(Content).With("Content-Encoding", header));

        Assert.Contains($"answered with Content-Encoding: {header}, which nobody asked for and which Imgsync cannot decode", fault, Ordinal);
    }

    [Theory]
    [Shows("a-compressed-file-that-is-broken-or-too-large-is-refused-by-the-name-of-its-encoding")]
    [InlineData("gzip", "gzip")]
    [InlineData("deflate", "zlib")]
    [InlineData("deflate", "deflate")]
    [InlineData("br", "br")]
    public async Task A_stream_that_is_broken_is_named(string header, string form)
    {
        var whole = Encode(Content, form);
        byte[][] broken = [whole[..^1], whole[..^9], whole[..(whole.Length / 2)], whole[..3], Content];
        foreach (var body in broken)
        {
            var fault = await RefusalAsync(Answer.Ok(body).With("Content-Encoding", header));

            Assert.Contains($"Content-Encoding: {header}, which nobody asked for, and what came is not whole {header};", fault, Ordinal);
        }
    }

    [Fact]
    public async Task A_checksum_of_gzip_that_does_not_hold_is_noticed()
    {
        var body = Encode(Content, "gzip");
        body[^6] ^= 1;

        Assert.Contains("not whole gzip", await RefusalAsync(Answer.Ok(body).With("Content-Encoding", "gzip")), Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task What_decodes_to_more_than_the_bound_is_refused(string encoding)
    {
        var bomb = Encode(new byte[Bound + 1], encoding is "deflate" ? "zlib" : encoding);
        var fits = Encode(new byte[Bound], encoding is "deflate" ? "zlib" : encoding);

        Assert.Equal(new byte[Bound], await ReadAsync(Answer.Ok(fits).With("Content-Encoding", encoding)));
        Assert.Contains(
            "decodes to more than the 64 KiB that", await RefusalAsync(Answer.Ok(bomb).With("Content-Encoding", encoding)), Ordinal);
    }

    [Fact]
    public async Task So_is_what_does_so_on_the_way_to_something_small()
    {
        // Empty members compress well, and decode to nothing at all.
        var members = string.Concat(Enumerable.Repeat(Encoding.Latin1.GetString(Encode([], "gzip-empty")), 8000));
        var bomb = Encode(Encoding.Latin1.GetBytes(members), "gzip");

        Assert.Contains(
            "decodes to more than", await RefusalAsync(Answer.Ok(bomb).With("Content-Encoding", "gzip, gzip")), Ordinal);
    }

    [Fact]
    public async Task More_encodings_than_any_server_has_a_use_for_are_not_undone()
    {
        var body = Enumerable.Repeat("gzip", 5).Aggregate(Content, Encode);

        Assert.Contains(
            "5 encodings one upon the other",
            await RefusalAsync(Answer.Ok(body).With("Content-Encoding", "gzip, gzip, gzip, gzip, gzip")),
            Ordinal);
    }

    [Theory]
    [Shows("an-image-that-comes-compressed-is-refused-as-that")]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    public async Task An_image_that_comes_compressed_is_refused_as_that(string encoding)
    {
        await using var server = new ScriptedServer().On("GET", "/a.qcow2", Answer.Ok(Content).With("Content-Encoding", encoding));
        using var client = UpstreamFixture.Client();

        var refusal = await Assert.ThrowsAsync<UpstreamException>(
            () => client.OpenAsync(new Uri(server.Url, "a.qcow2"), from: 0, ifRange: null, Cancelled));

        Assert.Contains($"answered with Content-Encoding: {encoding}, which nobody asked for", refusal.Message, Ordinal);
        Assert.Equal("identity", Assert.Single(server.Requests)["Accept-Encoding"]);
    }

    [Theory]
    [InlineData("a.raw.gz", "gzip")]
    [InlineData("a.raw.gz", "x-gzip")]
    [InlineData("a.tgz", "gzip")]
    [InlineData("a.raw.xz", "x-xz")]
    [InlineData("a.qcow2.bz2", "x-bzip2")]
    [InlineData("a.qcow2.zst", "zstd")]
    [InlineData("a.qcow2", "identity")]
    [InlineData("a.qcow2", "aws-chunked")]
    public async Task A_file_that_is_published_compressed_comes_as_it_is(string name, string encoding)
    {
        var published = Encode(Content, "gzip");
        await using var server = new ScriptedServer().Always("GET", $"/{name}", Answer.Ok(published).With("Content-Encoding", encoding));
        using var client = UpstreamFixture.Client();

        await using var body = await client.OpenAsync(new Uri(server.Url, name), from: 0, ifRange: null, Cancelled);

        Assert.Equal(published, await ReadAllAsync(body));
        Assert.Equal(published, await client.ReadAsync(new Uri(server.Url, name), Bound, Cancelled));
    }

    [Fact]
    public async Task A_range_that_names_an_encoding_is_not_appended_to_what_is_kept()
    {
        await using var server = new ScriptedServer().Always(
            "GET", "/a.raw.gz", request => Answer.Ranged(request, Content, "\"v1\"").With("Content-Encoding", "gzip"));
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { ParallelStreams = 4 });

        await using var body = await client.OpenAsync(new Uri(server.Url, "a.raw.gz"), from: 400, "\"v1\"", Cancelled);

        Assert.Equal((0, null), (body.Start, body.Version));
        Assert.Equal(Content, await ReadAllAsync(body));
        Assert.Equal(["bytes=400-", null], server.Requests.Select(request => request["Range"]));
    }

    private static async Task<byte[]> ReadAsync(Answer answer)
    {
        await using var server = new ScriptedServer().On("GET", "/list", answer);
        using var client = UpstreamFixture.Client();
        return await client.ReadAsync(new Uri(server.Url, "list"), Bound, Cancelled);
    }

    private static async Task<byte[]> ReadAllAsync(UpstreamBody body)
    {
        using var bytes = new MemoryStream();
        await body.Content.CopyToAsync(bytes, Cancelled);
        return bytes.ToArray();
    }

    private static async Task<string> RefusalAsync(Answer answer) =>
        (await Assert.ThrowsAsync<UpstreamException>(() => ReadAsync(answer))).Message;

    private static byte[] Encode(byte[] content, string form)
    {
        if (form is "gzip-empty")
            return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

        using var encoded = new MemoryStream();
        using (Stream encoder = form switch
        {
            "gzip" => new GZipStream(encoded, CompressionLevel.Optimal),
            "zlib" => new ZLibStream(encoded, CompressionLevel.Optimal),
            "deflate" => new DeflateStream(encoded, CompressionLevel.Optimal),
            _ => new BrotliStream(encoded, CompressionLevel.Optimal),
        })
            encoder.Write(content);
        return encoded.ToArray();
    }
}
