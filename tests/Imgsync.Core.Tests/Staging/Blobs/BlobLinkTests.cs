using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Imgsync.Core.Content;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Staging.Blobs;

/// <summary>Links to staged blobs, as Glance gets them, on a real Azurite.</summary>
public sealed class BlobLinkTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private readonly HttpClient _stranger = new();
    private readonly string _container = Azurite.UniqueContainer();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BlobContainerClient Container => new(azurite.ConnectionString, _container);

    private BlobStagingStore Store => new(Container, TimeProvider.System);

    public void Dispose() => _stranger.Dispose();

    [Fact]
    public async Task A_link_reads_one_staged_copy_and_nothing_else_until_it_is_killed()
    {
        var staged = await StageAsync();
        Assert.Null(Store.WhyNoLinks);

        var (link, other) = (await Store.LinkAsync(staged, TimeSpan.FromHours(1), Cancel), await Store.LinkAsync(staged, TimeSpan.FromHours(1), Cancel));

        Assert.Equal([1, 2, 3], await _stranger.GetByteArrayAsync(link.Url.Reveal(), Cancel));
        var query = System.Web.HttpUtility.ParseQueryString(new Uri(link.Url.Reveal()).Query);
        Assert.Equal(("r", "bs", link.Name), (query["sp"], query["sr"], query["snapshot"]));
        Assert.InRange(
            DateTimeOffset.Parse(query["se"]!, System.Globalization.CultureInfo.InvariantCulture) - DateTimeOffset.UtcNow,
            TimeSpan.FromMinutes(58), TimeSpan.FromHours(1));
        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(HttpMethod.Delete, link.Url.Reveal()));
        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(
            HttpMethod.Get, link.Url.Reveal().Replace("snapshot=", "nothing=", StringComparison.Ordinal)));

        await Store.UnlinkAsync(staged.Name, link.Name, Cancel);
        await Store.UnlinkAsync(staged.Name, link.Name, Cancel);

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Get, link.Url.Reveal()));
        Assert.Equal([1, 2, 3], await _stranger.GetByteArrayAsync(other.Url.Reveal(), Cancel));
        Assert.NotNull(await Store.FindAsync(TestImages.Debian12, Cancel));
        Assert.DoesNotContain("sig=", $"{link}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_ends_kills_all_links_and_a_copy_that_goes_takes_its_links_along()
    {
        var staged = await StageAsync();
        var link = await Store.LinkAsync(staged, TimeSpan.FromHours(1), Cancel);

        await Store.SweepAsync(TimeSpan.FromDays(1), TimeSpan.FromDays(1), Cancel);

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Get, link.Url.Reveal()));
        Assert.NotNull(await Store.FindAsync(TestImages.Debian12, Cancel));

        link = await Store.LinkAsync(staged, TimeSpan.FromHours(1), Cancel);
        await Store.DeleteAsync(staged, Cancel);

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Get, link.Url.Reveal()));
        Assert.Empty(await Container.GetBlobsAsync(BlobTraits.None, BlobStates.Snapshots, prefix: null, Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_link_dies_by_itself()
    {
        var link = await Store.LinkAsync(await StageAsync(), TimeSpan.FromSeconds(-1), Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Get, link.Url.Reveal()));
    }

    [Theory]
    [InlineData("BlobEndpoint=http://storage.example/imgsync;AccountName=imgsync;AccountKey=a2V5", "plain http")]
    [InlineData("BlobEndpoint=https://storage.example;SharedAccessSignature=sv=2024-11-04&sig=x", "can sign no link")]
    [InlineData("BlobEndpoint=https://storage.example;AccountName=imgsync;AccountKey=a2V5", null)]
    public void Where_a_link_could_be_overheard_or_cannot_be_signed_there_is_none(string connection, string? expected)
    {
        var why = new BlobStagingStore(new BlobContainerClient(connection, "imgsync"), TimeProvider.System).WhyNoLinks;

        Assert.Equal(expected is null, why is null);
        Assert.Contains(expected ?? "", why ?? "", StringComparison.Ordinal);
    }

    /// <summary>As a managed identity does, whose token nobody here could check.</summary>
    [Fact]
    public async Task An_identity_that_has_no_key_signs_links_with_one_that_the_service_hands_to_it()
    {
        using var certificate = TestCertificate.Create();
        var folder = Directory.CreateTempSubdirectory("imgsync-tls-").FullName;
        var (certificateFile, keyFile) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem(), Cancel);
        await File.WriteAllTextAsync(keyFile, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), Cancel);
        await using var emulator = await Azurite.StartPrivateAsync(Cancel, (certificateFile, keyFile));
        Directory.Delete(folder, recursive: true);
        using var http = new HttpClient(new HttpClientHandler
        {
#pragma warning disable MA0039 // one certificate is good, the emulator's own
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown!.RawData.AsSpan().SequenceEqual(certificate.RawData),
#pragma warning restore MA0039
        });
        var endpoint = emulator.ConnectionString.Split(';').Single(part => part.StartsWith("BlobEndpoint=", StringComparison.Ordinal));
        var service = new BlobServiceClient(
            new Uri(endpoint["BlobEndpoint=".Length..].Replace("http://", "https://", StringComparison.Ordinal)), new Identity(),
            new BlobClientOptions { Transport = new HttpClientTransport(http) });
        var store = new BlobStagingStore(service.GetBlobContainerClient(_container), TimeProvider.System);
        var staged = await StageAsync(store);

        var link = await store.LinkAsync(staged, TimeSpan.FromHours(1), Cancel);

        // The emulator leaves the snapshot out of what it checks such a signature over, and so takes none: what is signed is looked at instead.
        var query = System.Web.HttpUtility.ParseQueryString(new Uri(link.Url.Reveal()).Query);
        Assert.Equal(link.Name, query["snapshot"]);
        Assert.Equal(("r", "bs", "https", Identity.Id), (query["sp"], query["sr"], query["spr"], query["skoid"]));
        await store.UnlinkAsync(staged.Name, link.Name, Cancel);
        Assert.False(await service.GetBlobContainerClient(_container).GetBlobClient(staged.Name).WithSnapshot(link.Name).ExistsAsync(Cancel));
    }

    private Task<StagedImage> StageAsync() => StageAsync(Store);

    private static async Task<StagedImage> StageAsync(BlobStagingStore store)
    {
        await using var writer = await store.WriteAsync(TestImages.Debian12, Cancel);
        await writer.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
        return await writer.CommitAsync(
            new ContentFacts(3, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64])),
            Cancel);
    }

    private sealed class Identity : TokenCredential
    {
        public const string Id = "11111111-2222-3333-4444-555555555555";

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            var now = DateTimeOffset.UtcNow;
            var claims = JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["aud"] = "https://storage.azure.com",
                ["iss"] = $"https://sts.windows.net/{Id}/",
                ["iat"] = now.ToUnixTimeSeconds(),
                ["nbf"] = now.AddMinutes(-1).ToUnixTimeSeconds(),
                ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
                ["oid"] = Id,
                ["tid"] = Id,
            });
            return new AccessToken($"{Part("{\"alg\":\"RS256\",\"typ\":\"JWT\"}")}.{Part(claims)}.{Part("nobody")}", now.AddHours(1));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));

        private static string Part(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string url)
    {
        using var request = new HttpRequestMessage(method, url);
        using var answer = await _stranger.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
