using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Staging.Blobs;

/// <summary>Why a storage account refuses is told by its own code, each with what to do about it: by the emulator where it refuses for the
/// same reason, else by a server that answers as the service does.</summary>
public sealed class StorageRefusalTests(Azurite azurite) : IClassFixture<Azurite>
{
    private const string Container = "box";
    private const string Document = "reports/last.json";

    private static readonly string Key = Convert.ToBase64String("marked account key"u8);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What is done, and the request that it begins with.</summary>
    public static TheoryData<string, string, string> Attempts => new()
    {
        { "Staging", "PUT", "" },
        { "Taking the run lock", "PUT", "" },
        { "Writing", "PUT", "" },
        { "Reading", "GET", "/" + Document },
        { "Looking for", "HEAD", "/" + StagedImage.NameOf(TestImages.Debian12) },
    };

    [Theory]
    [Shows("storage-that-refuses-says-why-and-what-helps")]
    [InlineData(403, "AuthorizationFailure", "key", "the account's firewall does not let this machine in")]
    [InlineData(403, "AuthorizationFailure", "identity", "the account's firewall does not let this machine in")]
    [InlineData(403, "KeyBasedAuthenticationNotPermitted", "key", "set staging.blobEndpoint instead of staging.connectionString")]
    [InlineData(403, "AuthenticationFailed", "key", "the account key in staging.connectionString is wrong or has been renewed")]
    [InlineData(403, "AuthenticationFailed", "signature", "the shared access signature in staging.connectionString is wrong, has expired")]
    [InlineData(401, "InvalidAuthenticationInfo", "identity", "does not accept this identity's token: look whether its tenant")]
    [InlineData(403, "AuthorizationPermissionMismatch", "identity", "the role Storage Blob Data Contributor")]
    [InlineData(403, "InsufficientAccountPermissions", "identity", "the role Storage Blob Data Contributor")]
    [InlineData(403, "AuthorizationPermissionMismatch", "signature", "does not allow it: make one for blobs")]
    [InlineData(403, "AuthorizationResourceTypeMismatch", "signature", "of containers and objects")]
    [InlineData(403, "AuthorizationSourceIPMismatch", "signature", "is for other addresses than this machine's")]
    [InlineData(403, "AuthorizationProtocolMismatch", "signature", "over https only")]
    [InlineData(400, "AccountRequiresHttps", "key", "over https only")]
    [InlineData(403, "AccountIsDisabled", "key", "the account is disabled")]
    [InlineData(409, "PublicAccessNotPermitted", "identity", "does not accept this identity's token")]
    [InlineData(400, "InvalidResourceName", "key", "correct staging.container")]
    [InlineData(403, null, "key", "something between here and the storage service answers in its place")]
    [InlineData(418, "NewlyInvented", "key", "look at the account's settings")]
    public async Task A_refusal_is_told_by_its_code_with_what_helps(int status, string? code, string credential, string advice)
    {
        foreach (var (attempt, method, path) in Attempts.Select(row => row.Data))
        {
            await using var server = Refusing(method, path, status, code);

            var refusal = await Assert.ThrowsAsync<StagingException>(() => AttemptAsync(attempt, Open(server, credential)));

            Assert.StartsWith(attempt, refusal.Message, StringComparison.Ordinal);
            Assert.Contains($"in container {Container} ", refusal.Message, StringComparison.Ordinal);
            Assert.Contains($" failed: {status} {code ?? "without an error code"}", refusal.Message, StringComparison.Ordinal);
            Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Key, refusal.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("c2lnbmVk", refusal.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(409, "ContainerBeingDeleted")]
    [InlineData(409, "AccountBeingCreated")]
    public async Task What_passes_by_itself_may_be_tried_again(int status, string code)
    {
        await using var server = Refusing("PUT", "", status, code);

        await Assert.ThrowsAsync<StagingUnavailableException>(() => AttemptAsync("Writing", Open(server, "key")));
    }

    [Fact]
    public async Task Whose_role_is_on_the_container_alone_need_not_be_able_to_make_one()
    {
        await using var server = new ScriptedServer()
            .On("PUT", $"/imgsync/{Container}", Answer.Of(403).With("x-ms-error-code", "AuthorizationPermissionMismatch"))
            .On("GET", $"/imgsync/{Container}", Answer.Of(200))
            .On("PUT", $"/imgsync/{Container}/{Document}", Answer.Of(201).With("ETag", "\"1\"").With("Last-Modified", "Wed, 17 Jul 2024 18:11:00 GMT"));

        await AttemptAsync("Writing", Open(server, "key"));

        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    [Shows("storage-that-refuses-says-why-and-what-helps")]
    public async Task The_emulator_refuses_a_wrong_key()
    {
        var key = azurite.ConnectionString.Split(';').Single(part => part.StartsWith("AccountKey=", StringComparison.Ordinal));
        var container = new BlobContainerClient(
            azurite.ConnectionString.Replace(key, "AccountKey=" + Key, StringComparison.Ordinal), Azurite.UniqueContainer());

        var refusal = await Assert.ThrowsAsync<StagingException>(() => AttemptAsync("Writing", container));

        Assert.Contains("the account key in staging.connectionString is wrong or has been renewed", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [Shows("storage-that-refuses-says-why-and-what-helps")]
    [InlineData(BlobContainerSasPermissions.Read, 1, "does not allow it: make one for blobs")]
    [InlineData(BlobContainerSasPermissions.All, -1, "the shared access signature in staging.connectionString is wrong, has expired")]
    public async Task The_emulator_refuses_a_signature_that_allows_too_little_or_has_expired(
        BlobContainerSasPermissions permissions, int hours, string advice)
    {
        var owned = new BlobContainerClient(azurite.ConnectionString, Azurite.UniqueContainer());
        await owned.CreateAsync(cancellationToken: Cancel);
        var signed = new BlobContainerClient(owned.GenerateSasUri(permissions, DateTimeOffset.UtcNow.AddHours(hours)));

        var refusal = await Assert.ThrowsAsync<StagingException>(() => AttemptAsync("Writing", signed));

        Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
    }

    private static Task AttemptAsync(string attempt, BlobContainerClient container) => attempt switch
    {
        "Staging" => new BlobStagingStore(container, TimeProvider.System).WriteAsync(TestImages.Debian12, Cancel),
        "Looking for" => new BlobStagingStore(container, TimeProvider.System).FindAsync(TestImages.Debian12, Cancel),
        "Taking the run lock" => new BlobRunLock(container).AcquireAsync(RunId.Parse("a"), Cancel),
        "Writing" => new BlobDocumentStore(container).SaveAsync(Document, new byte[] { 1 }, Cancel),
        _ => new BlobDocumentStore(container).LoadAsync(Document, longest: 10, Cancel),
    };

    private static ScriptedServer Refusing(string method, string path, int status, string? code)
    {
        var answer = (method, code) switch
        {
            ("HEAD", null) => Answer.Of(status),
            (_, null) => Answer.Of(status, "<html>Blocked</html>").With("Content-Type", "text/html"),
            ("HEAD", _) => Answer.Of(status).With("x-ms-error-code", code),
            _ => Answer.Of(status, $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>Refused.</Message></Error>")
                .With("Content-Type", "application/xml").With("x-ms-error-code", code),
        };
        var server = new ScriptedServer().Always(method, $"/imgsync/{Container}{path}", answer);
        return (method, code) is ("PUT", "AuthorizationPermissionMismatch")
            ? server.Always("GET", $"/imgsync/{Container}", Answer.Of(404).With("x-ms-error-code", "ContainerNotFound"))
            : server;
    }

    private static BlobContainerClient Open(ScriptedServer server, string credential)
    {
        var endpoint = new Uri(server.Url, "imgsync");
        return credential switch
        {
            "key" => new BlobContainerClient($"AccountName=imgsync;AccountKey={Key};BlobEndpoint={endpoint}", Container),
            "signature" => new BlobContainerClient(
                $"BlobEndpoint={endpoint};SharedAccessSignature=sv=2024-11-04&sr=c&sp=r&sig=c2lnbmVk", Container),
            _ => new BlobContainerClient(new Uri($"{endpoint}/{Container}")),
        };
    }
}
