using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Imgsync.Core.Configuration;
using Imgsync.Core.Http;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>The blob container that the options name, and how to sign in to it.</summary>
internal static class BlobAccount
{
    private static BlobClientOptions Client => new() { RetryPolicy = new Repeats() };

    /// <summary>Makes the container where there is none. Whose role is on the container alone may make none, and need not.</summary>
    public static async Task EnsureAsync(this BlobContainerClient container, CancellationToken cancellationToken)
    {
        try
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException refused) when (refused.ErrorCode == BlobErrorCode.AuthorizationPermissionMismatch)
        {
            if (!await container.ExistsAsync(cancellationToken))
                throw;
        }
    }

    /// <param name="options">With a connection string or a blob endpoint; the string wins.</param>
    /// <exception cref="ConfigurationException">The account cannot be meant.</exception>
    public static BlobContainerClient Open(StagingOptions options) => options.ConnectionString is { } connection
        ? Open(connection, options.Container)
        : new BlobServiceClient(Check(options.BlobEndpoint!), Identity(), Client).GetBlobContainerClient(options.Container);

    private static BlobContainerClient Open(Secret connection, string container)
    {
        try
        {
            return new BlobContainerClient(connection.Reveal(), container, Client);
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentException or InvalidOperationException)
        {
            // The library's words are not passed on: they may quote the string.
            throw new ConfigurationException(
                "staging.connectionString is no connection string of a storage account; copy it again, whole, from "
                    + "the account's access keys.");
        }
    }

    private static DefaultAzureCredential Identity()
    {
        try
        {
            return new DefaultAzureCredential();
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new ConfigurationException(
                "staging.blobEndpoint asks for an identity, and the variables AZURE_* (AZURE_AUTHORITY_HOST, AZURE_TENANT_ID, "
                    + $"AZURE_TOKEN_CREDENTIALS) describe none that can be used: {malformed.Message.Shortened()}");
        }
    }

    private static Uri Check(Uri endpoint)
    {
        if (endpoint.Query.Length > 0)
            throw new ConfigurationException(
                "staging.blobEndpoint has a query; if that is a shared access signature, it belongs into staging.connectionString: "
                    + "BlobEndpoint=...;SharedAccessSignature=...");

        // The token that an identity signs in with must not go over a wire that others read.
        return endpoint.Scheme is "https"
            ? endpoint
            : throw new ConfigurationException(
                $"staging.blobEndpoint is {endpoint.Scheme}://{endpoint.Authority}; a managed identity signs in over https only.");
    }

    /// <summary>The library's own repeats, but not for a name that does not exist.</summary>
    private sealed class Repeats : RetryPolicy
    {
        protected override bool ShouldRetry(HttpMessage message, Exception? exception) =>
            !HostNames.IsUnknown(exception) && base.ShouldRetry(message, exception);

        protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
            !HostNames.IsUnknown(exception) && await base.ShouldRetryAsync(message, exception);
    }
}
