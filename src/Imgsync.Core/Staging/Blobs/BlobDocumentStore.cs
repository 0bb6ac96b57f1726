using Azure;
using Azure.Storage.Blobs;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>Documents as blobs beside the staged images.</summary>
public sealed class BlobDocumentStore(BlobContainerClient container) : IDocumentStore
{
    public Task<byte[]?> LoadAsync(string document, int longest, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync($"Reading {document}", container, async () =>
        {
            try
            {
                using var answer =
                    (await container.GetBlobClient(document).DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
                var content = DocumentTooLongException.Room(
                    document, $"container {container.Name} of storage account "
                        + $"{container.AccountName}", answer.Details.ContentLength, longest);
                await answer.Content.ReadExactlyAsync(content, cancellationToken);
                return content;
            }
            catch (RequestFailedException absent) when (absent.Status == 404)
            {
                return null;
            }
        });

    public Task SaveAsync(string document, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync($"Writing {document}", container, async () =>
        {
            await container.EnsureAsync(cancellationToken);
            return await container.GetBlobClient(document).UploadAsync(new BinaryData(content), overwrite: true, cancellationToken);
        });
}
