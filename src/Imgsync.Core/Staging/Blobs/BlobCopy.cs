using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>Gives the content of one blob to another, whose name nobody sees before all of it is there.</summary>
internal static class BlobCopy
{
    /// <summary>A copy within the account moves no bytes through us. Whoever was first with the same content has done our work.</summary>
    public static async Task MakeAsync(BlockBlobClient from, BlockBlobClient to, Dictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobCopyFromUriOptions { Metadata = metadata, DestinationConditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            var copy = await to.StartCopyFromUriAsync(from.Uri, options, cancellationToken);
            await copy.WaitForCompletionAsync(cancellationToken);
        }
        catch (RequestFailedException present) when (present.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
        }
    }
}
