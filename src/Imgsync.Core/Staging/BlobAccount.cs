using Azure.Identity;
using Azure.Storage.Blobs;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Staging;

/// <summary>The blob container that the options name, and how to sign in to it.</summary>
internal static class BlobAccount
{
    /// <param name="options">With a connection string or a blob endpoint; the string wins.</param>
    public static BlobContainerClient Open(StagingOptions options) => options.ConnectionString is { } connection
        ? new BlobContainerClient(connection.Reveal(), options.Container)
        : new BlobServiceClient(options.BlobEndpoint, new DefaultAzureCredential()).GetBlobContainerClient(options.Container);
}
