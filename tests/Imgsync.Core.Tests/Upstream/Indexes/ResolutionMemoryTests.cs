using System.Globalization;
using System.Text;
using System.Text.Json;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Planning;
using Imgsync.Core.Staging.Folders;
using Imgsync.Core.Tests.Upstream.Client;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Upstream.Indexes;

public sealed class ResolutionMemoryTests : IDisposable
{
    private const string File = "/noble/current/SHA256SUMS";
    private const string ETag = "\"7\"";
    private const string Modified = "Wed, 17 Jul 2024 18:11:00 GMT";

    private static readonly FileVersion Tagged = new(ETag, null);
    private static readonly FileVersion Dated = new(null, DateTimeOffset.Parse(Modified, CultureInfo.InvariantCulture));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imgsync-memory-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private FolderDocumentStore Store => new(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_was_verified_is_recalled_after_one_request_that_says_unchanged()
    {
        await using var server = new ScriptedServer().On("GET", File, Answer.Of(304));
        var kept = Image(server, Tagged) with { Other = TestImages.Debian12Raw with { Packing = Packing.Xz } };
        await KeepAsync(server, kept);

        var recalled = await RecallAsync(server);

        Assert.Equal(kept.Other.Digest, recalled?.Other?.Digest);
        Assert.Equal(JsonSerializer.Serialize(kept), JsonSerializer.Serialize(recalled));
        Assert.Equal(ETag, Assert.Single(server.Requests)["If-None-Match"]);
    }

    [Fact]
    public async Task What_is_recalled_still_warns_of_a_key_that_ends_meanwhile()
    {
        await using var server = new ScriptedServer().On("GET", File, Answer.Of(304), Answer.Of(304));
        var image = Image(server, Tagged);
        var ends = _time.GetUtcNow().AddDays(61);
        await KeepAsync(server, image with { Provenance = image.Provenance with { KeyEnds = ends } });
        Assert.Null(OfferWarnings.SigningKey((await RecallAsync(server))!, _time.GetUtcNow()));

        _time.Advance(TimeSpan.FromDays(2));
        var recalled = await RecallAsync(server);

        Assert.Contains($" ends on {ends:yyyy-MM-dd}", OfferWarnings.SigningKey(recalled!, _time.GetUtcNow()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_an_etag_is_asked_after_by_its_date()
    {
        await using var server = new ScriptedServer().On("GET", File, Answer.Of(304));
        await KeepAsync(server, Image(server, Dated));

        Assert.NotNull(await RecallAsync(server));

        Assert.Equal((Modified, null), (Assert.Single(server.Requests)["If-Modified-Since"], server.Requests[0]["If-None-Match"]));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(403)]
    [InlineData(503)]
    public async Task Any_other_answer_recalls_nothing(int status)
    {
        await using var server = new ScriptedServer().On("GET", File, Answer.Of(status, "something"));
        await KeepAsync(server, Image(server, Tagged));

        Assert.Null(await RecallAsync(server));
    }

    [Fact]
    public async Task Another_signature_policy_key_mirror_or_pattern_recalls_nothing_and_asks_nobody()
    {
        await using var server = new ScriptedServer();
        await KeepAsync(server, Image(server, Tagged));
        var spec = Spec(server);

        Assert.Null(await RecallAsync(server, spec with { Publisher = spec.Publisher with { Signature = SignaturePolicy.None } }));
        Assert.Null(await RecallAsync(server, spec with { Publisher = spec.Publisher with { SignedBy = [new string('A', 40)] } }));
        Assert.Null(await RecallAsync(server, spec with { Publisher = spec.Publisher with { BaseUrl = new Uri(server.Url, "mirror/") } }));
        Assert.Null(await RecallAsync(server, spec with { ImageName = "noble-server-cloudimg-arm64.img" }));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task What_was_verified_a_week_ago_is_verified_again()
    {
        await using var server = new ScriptedServer();
        await KeepAsync(server, Image(server, Tagged));

        _time.Advance(ResolutionMemory.Lasts + TimeSpan.FromMinutes(1));

        Assert.Null(await RecallAsync(server));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{ \"Image\": null }")]
    [InlineData("{ \"Basis\": \"\", \"Image\": { \"Digest\": \"md5:00\" } }")]
    public async Task A_document_that_makes_no_sense_is_no_memory(string document)
    {
        await using var server = new ScriptedServer();
        await Store.SaveAsync("resolved/ubuntu24.json", Encoding.UTF8.GetBytes(document), Cancelled);

        Assert.Null(await RecallAsync(server));
    }

    [Fact]
    public async Task A_document_longer_than_any_memory_is_none_and_the_next_takes_its_place()
    {
        await using var server = new ScriptedServer().On("GET", File, Answer.Of(304));
        await Store.SaveAsync("resolved/ubuntu24.json", new byte[1 << 20], Cancelled);

        Assert.Null(await RecallAsync(server));

        await KeepAsync(server, Image(server, Tagged));
        Assert.NotNull(await RecallAsync(server));
    }

    [Fact]
    public async Task What_nothing_witnesses_is_not_kept()
    {
        await using var server = new ScriptedServer();

        await KeepAsync(server, Image(server, version: null));

        Assert.Null(await Store.LoadAsync("resolved/ubuntu24.json", longest: 1000, Cancelled));
    }

    private static DistributionSpec Spec(ScriptedServer server) => UpstreamFixture.Spec("ubuntu24", server.Url);

    private static ResolvedImage Image(ScriptedServer server, FileVersion? version) => new()
    {
        Distribution = "ubuntu24",
        Location = new Uri(server.Url, "noble/20240605/noble-server-cloudimg-amd64.img"),
        OfficialLocation = new Uri("https://cloud-images.ubuntu.com/noble/20240605/noble-server-cloudimg-amd64.img"),
        DiskFormat = "qcow2",
        Revision = "20240605",
        BuildDate = new DateOnly(2024, 6, 5),
        Digest = Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]),
        Provenance = new Provenance(ProvenanceKind.Signed, new string('D', 40)),
        Witness = version is null ? null : new Witness(new Uri(server.Url, File.TrimStart('/')), version),
    };

    private async Task KeepAsync(ScriptedServer server, ResolvedImage image)
    {
        using var client = UpstreamFixture.Client();
        await new ResolutionMemory(Store, client, _time).KeepAsync(Spec(server), image, Cancelled);
    }

    /// <summary>Another run's memory, as far as objects go.</summary>
    private async Task<ResolvedImage?> RecallAsync(ScriptedServer server, DistributionSpec? spec = null)
    {
        using var client = UpstreamFixture.Client();
        return await new ResolutionMemory(Store, client, _time).RecallAsync(spec ?? Spec(server), Cancelled);
    }
}
