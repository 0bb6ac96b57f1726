using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Imgsync.Workbench;

/// <summary>What the blob service takes at best: a file, in the block size and parallelism that staging uses.</summary>
internal static class RawUpload
{
    private const int BlockBytes = 8 << 20;

    public static async Task<int> RunAsync(string file)
    {
        var connection = Environment.GetEnvironmentVariable("AZURE_STORAGE_CONNECTION_STRING")
            ?? throw new InvalidOperationException("AZURE_STORAGE_CONNECTION_STRING is not set.");
        var container = new BlobContainerClient(connection, "raw");
        await container.CreateIfNotExistsAsync();
        await container.GetBlobClient("image").UploadAsync(file, new BlobUploadOptions
        {
            TransferOptions =
                new StorageTransferOptions { InitialTransferSize = BlockBytes, MaximumTransferSize = BlockBytes, MaximumConcurrency = 4 },
        });
        return 0;
    }
}
