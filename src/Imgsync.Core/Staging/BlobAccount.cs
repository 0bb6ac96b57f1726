using Azure.Identity;
using Azure.Storage.Blobs;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Staging;

/// <summary>The blob container that the options name, and how to sign in to it.</summary>
internal static class BlobAccount
{
    /// <summary>Null when neither a storage account nor a connection string is configured.</summary>
    public static BlobContainerClient? Open(StagingOptions options)
    {
        if (options.ConnectionString is { } connection)
            return new BlobContainerClient(connection.Reveal(), options.Container);

        return options.BlobEndpoint is { } endpoint
            ? new BlobServiceClient(endpoint, new DefaultAzureCredential()).GetBlobContainerClient(options.Container)
            : null;
    }
}
