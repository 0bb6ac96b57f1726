using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>Turns what the storage service answers into our own words, and into whether trying again makes sense.</summary>
internal static class BlobFailure
{
    public static async Task<T> ExplainAsync<T>(string attempt, BlobContainerClient container, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (IsOne(failure))
        {
            throw Of(attempt, container, failure);
        }
    }

    public static Task ExplainAsync(string attempt, BlobContainerClient container, Func<Task> work) =>
        ExplainAsync(attempt, container, async () =>
        {
            await work();
            return true;
        });

    public static bool IsOne(Exception failure) =>
        failure is RequestFailedException or AuthenticationFailedException or AggregateException or IOException;

    /// <param name="attempt">Such as <c>Staging debian12</c>.</param>
    public static ImgsyncException Of(string attempt, BlobContainerClient container, Exception failure)
    {
        var where = $"{attempt} in container {container.Name} of storage account {container.AccountName} failed";
        return failure switch
        {
            AuthenticationFailedException =>
                new StagingException(
                    $"{where}: no sign-in to Azure succeeded; give the app a managed identity, or set staging.connectionString.", failure),
            RequestFailedException { Status: 401 or 403 } denied =>
                new StagingException(
                    $"{where}: {denied.Status} {denied.ErrorCode}; give this identity the role Storage Blob Data "
                        + "Contributor on the account.", failure),
            RequestFailedException { ErrorCode: "LeaseAlreadyPresent" or "LeaseIdMismatchWithBlobOperation" } or
            RequestFailedException { ErrorCode: "LeaseIdMissing" or "LeaseLost" } =>
                new StagingUnavailableException(
                    $"{where}: another writer is at work on the same image, and has not let go of it within the time that a dead one "
                        + "would; wait for it to end.", failure),
            RequestFailedException { Status: >= 400 and < 500 and not 408 and not 429 } refused =>
                new StagingException($"{where}: {refused.Status} {refused.ErrorCode}; look at the account's settings.", failure),
            RequestFailedException { Status: > 0 } faulty =>
                new StagingUnavailableException($"{where}: {faulty.Status} {faulty.ErrorCode}; the service may be able to later.", failure),
            _ => new StagingUnavailableException($"{where}: the storage service does not answer; it may later.", failure),
        };
    }
}
