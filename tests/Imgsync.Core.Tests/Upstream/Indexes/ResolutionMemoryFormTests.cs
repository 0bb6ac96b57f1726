using System.Text;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Staging.Folders;
using Imgsync.Core.Tests.Upstream.Client;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Upstream.Indexes;

/// <summary>Memories as they lie in staging: what one version of ours has resolved, the next one need not resolve again.</summary>
public sealed class ResolutionMemoryFormTests : IDisposable
{
    private const string Document = """
        {"Basis":"7d951669bda9b2b7fce9898dbc42338b8a2a0bb0f256774be9151f8e9a9a3d90","VerifiedAt":"2026-07-01T00:00:00+00:00","Image":{
        "Distribution":"mine","Location":"http://127.0.0.1:1/noble/a.img","Mirrors":["http://mirror.example/a\u002Bb.img"],
        "OfficialLocation":"https://publisher.example/noble/a.img","DiskFormat":"raw","Revision":"20240605","BuildDate":"2024-06-05",
        "Digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","Provenance":{"Kind":"signed","SignedBy":"DD"},
        "Witness":{"Location":"http://127.0.0.1:1/SHA256SUMS","Version":{"ETag":"\u00227\u0022","LastModified":"2024-07-17T18:11:00+00:00"}}}}
        """;

    private static readonly Uri[] Mirrors = [new("http://mirror.example/a+b.img")];

    private static readonly DistributionSpec Spec = new()
    {
        Key = "mine",
        Title = "Mine",
        Publisher = new Publisher
        {
            OfficialUrl = new("https://publisher.example/"),
            BaseUrl = new("http://127.0.0.1:1/"),
            Index = "ubuntu",
            Signature = SignaturePolicy.Required,
            SignedBy = ["DD"],
        },
        Path = "noble/",
        ImageName = "a.img",
        Architecture = Architecture.Arm64,
        DiskFormat = "raw",
        OsDistro = "mine",
        OsVersion = "1",
        AdminUser = "me",
        MinRam = 512,
        Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["hw_disk_bus"] = "<scsi>" },
        Mirrors = Mirrors,
    };

    private static readonly ResolvedImage Image = new()
    {
        Distribution = "mine",
        Location = new("http://127.0.0.1:1/noble/a.img"),
        Mirrors = Mirrors,
        OfficialLocation = new("https://publisher.example/noble/a.img"),
        DiskFormat = "raw",
        Revision = "20240605",
        BuildDate = new DateOnly(2024, 6, 5),
        Digest = Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]),
        Provenance = new Provenance(ProvenanceKind.Signed, "DD"),
        Witness = new Witness(
            new("http://127.0.0.1:1/SHA256SUMS"), new FileVersion("\"7\"", new DateTimeOffset(2024, 7, 17, 18, 11, 0, TimeSpan.Zero))),
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imgsync-memory-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private FolderDocumentStore Store => new(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_memory_has_a_form_that_the_next_version_reads() => Assert.Equal(Document.ReplaceLineEndings(""), await KeepAsync(Image));

    [Fact]
    public async Task A_memory_that_names_no_mirrors_has_none()
    {
        await using var server = new ScriptedServer().On("GET", "/SHA256SUMS", Answer.Of(304));
        var kept = await KeepAsync(Image with { Mirrors = [], Witness = Image.Witness! with { Location = new(server.Url, "SHA256SUMS") } });
        await Store.SaveAsync(
            "resolved/mine.json", Encoding.UTF8.GetBytes(kept.Replace("\"Mirrors\":[],", "", StringComparison.Ordinal)), Cancel);

        using var client = UpstreamFixture.Client();
        var recalled = await new ResolutionMemory(Store, client, _time).RecallAsync(Spec, Cancel);

        Assert.Empty(recalled!.Mirrors);
    }

    private async Task<string> KeepAsync(ResolvedImage image)
    {
        using var client = UpstreamFixture.Client();
        await new ResolutionMemory(Store, client, _time).KeepAsync(Spec, image, Cancel);
        return Encoding.UTF8.GetString((await Store.LoadAsync("resolved/mine.json", longest: 10_000, Cancel))!);
    }
}
