using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>Links that let Glance read one staged blob: shared access signatures, by the account's key or by one that the service hands to
/// an identity. Such a link cannot be taken back, so it is not to the blob but to a snapshot of it, which costs nothing, and with which
/// it dies (docs/adr/0027).</summary>
internal sealed class BlobLinks(BlobContainerClient container, TimeProvider time)
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Why there can be none, as a half-sentence.</summary>
    public string? WhyNone =>
        container.Uri.Query.Contains("sig=", StringComparison.Ordinal)
            ? "staging.connectionString is a shared access signature, which can sign no link"
        : container.Uri is { Scheme: "http", IsLoopback: false }
            ? "the storage account is reached over plain http, where others could read the link"
        : null;

    public async Task<StagedLink> MakeAsync(StagedImage image, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var blob = container.GetBlobClient(image.Name);
        var snapshot = (await blob.CreateSnapshotAsync(cancellationToken: cancellationToken)).Value.Snapshot;
        try
        {
            var url = new BlobUriBuilder(blob.Uri)
            {
                Snapshot = snapshot,
                Sas = await SignAsync(image, snapshot, time.GetUtcNow() + lifetime, cancellationToken),
            };
            return new StagedLink(snapshot, new Secret(url.ToUri().AbsoluteUri));
        }
        catch
        {
            await RemoveAsync(image.Name, snapshot, CancellationToken.None);
            throw;
        }
    }

    public Task RemoveAsync(string image, string link, CancellationToken cancellationToken) =>
        container.GetBlobClient(image).WithSnapshot(link).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>All that a run that did not end has left.</summary>
    public async Task RemoveAllAsync(CancellationToken cancellationToken)
    {
        var left = container.GetBlobsAsync(BlobTraits.None, BlobStates.Snapshots, prefix: null, cancellationToken)
            .Where(blob => blob.Snapshot is not null);
        await foreach (var blob in left)
            await RemoveAsync(blob.Name, blob.Snapshot, cancellationToken);
    }

    private async Task<BlobSasQueryParameters> SignAsync(
        StagedImage image, string snapshot, DateTimeOffset end, CancellationToken cancellationToken)
    {
        var signature = new BlobSasBuilder(BlobSasPermissions.Read, end)
        {
            BlobContainerName = container.Name,
            BlobName = image.Name,
            Snapshot = snapshot,
            Resource = "bs",
            Protocol = container.Uri.Scheme is "https" ? SasProtocol.Https : SasProtocol.HttpsAndHttp,
        };
        if (container.CanGenerateSasUri)
            return new BlobUriBuilder(container.GetBlobClient(image.Name).WithSnapshot(snapshot).GenerateSasUri(signature)).Sas;

        var key = await container.GetParentBlobServiceClient().GetUserDelegationKeyAsync(
            time.GetUtcNow() - ClockSkew, end, cancellationToken);
        return signature.ToSasQueryParameters(key.Value, container.AccountName);
    }
}
