using System.Xml;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Imgsync.Core.Http;

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

    /// <summary>The library reads a refusal as XML where it says that it is some, a proxy's page included.</summary>
    public static bool IsOne(Exception failure) =>
        failure is RequestFailedException or AuthenticationFailedException or AggregateException or IOException or XmlException;

    /// <param name="attempt">Such as <c>Staging debian12</c>.</param>
    public static ImgsyncException Of(string attempt, BlobContainerClient container, Exception failure)
    {
        var where = $"{attempt} in container {container.Name} of storage account {container.AccountName} failed";
        return failure switch
        {
            AuthenticationFailedException =>
                new StagingException(
                    $"{where}: no sign-in to Azure succeeded; give the app a managed identity, or set staging.connectionString.", failure),
            RequestFailedException { ErrorCode: "LeaseAlreadyPresent" or "LeaseIdMismatchWithBlobOperation" } or
            RequestFailedException { ErrorCode: "LeaseIdMissing" or "LeaseLost" } =>
                new StagingUnavailableException(
                    $"{where}: another writer is at work on the same image, and has not let go of it within the time that a dead one "
                        + "would; wait for it to end.", failure),
            RequestFailedException { ErrorCode: "ContainerBeingDeleted" or "AccountBeingCreated" or "ServerBusy" } or
            RequestFailedException { Status: > 0 and not (>= 400 and < 500 and not 408 and not 429) } =>
                new StagingUnavailableException($"{where}: {Code(failure)}; the service may be able to later.", failure),
            RequestFailedException { Status: > 0 } refused =>
                new StagingException($"{where}: {Code(failure)}; {Advice(refused, container)}.", failure),
            _ when HostNames.IsUnknown(failure) =>
                new StagingException(
                    $"{where}: there is no host {container.Uri.IdnHost}; correct its name in staging.connectionString or "
                        + "staging.blobEndpoint, or look at this machine's DNS.", failure),
            _ => new StagingUnavailableException($"{where}: the storage service does not answer; it may later.", failure),
        };
    }

    private static string Code(Exception failure) => failure is RequestFailedException { Status: var status, ErrorCode: var code }
        ? $"{status} {code ?? "without an error code of the storage service"}"
        : "";

    /// <summary>What to do, by the service's own code for why it refuses.</summary>
    private static string Advice(RequestFailedException refused, BlobContainerClient container) => refused.ErrorCode switch
    {
        null => "something between here and the storage service answers in its place: look at the proxy and the account's address",
        "AuthorizationFailure" when refused.Message.Contains("failed to authenticate", StringComparison.Ordinal) =>
            WrongCredentials(container), // the emulator's word for a wrong key
        "AuthorizationFailure" =>
            "the account's firewall does not let this machine in: allow its network or address under the account's networking, or give "
                + "it a private endpoint",
        "AuthorizationSourceIPMismatch" =>
            "the shared access signature in staging.connectionString is for other addresses than this machine's: make one without a "
                + "range, or with the right one",
        "KeyBasedAuthenticationNotPermitted" =>
            "the account accepts no keys: set staging.blobEndpoint instead of staging.connectionString, and give the app's identity the "
                + "role Storage Blob Data Contributor",
        "AuthenticationFailed" or "InvalidAuthenticationInfo" or "NoAuthenticationInformation" or "PublicAccessNotPermitted" =>
            WrongCredentials(container),
        "AuthorizationPermissionMismatch" or "AuthorizationResourceTypeMismatch" or "AuthorizationServiceMismatch"
            when IsSigned(container) =>
            "the shared access signature in staging.connectionString does not allow it: make one for blobs, of containers and objects, "
                + "that may read, add, create, write, delete and list",
        "AuthorizationPermissionMismatch" or "InsufficientAccountPermissions" =>
            "give this identity the role Storage Blob Data Contributor on the account or the container; a new role takes up to ten minutes",
        "AuthorizationProtocolMismatch" or "AccountRequiresHttps" =>
            "the account is reached over https only: correct the endpoint in staging.connectionString",
        "AccountIsDisabled" => "the account is disabled: enable it, or look at the subscription's bills",
        "BlobImmutableDueToPolicy" or "ContainerImmutableDueToPolicy" or "BlobImmutableDueToLegalHold" =>
            "an immutability policy or legal hold is on the container: set staging.container to one without, since copies are replaced "
                + "and deleted",
        "InvalidResourceName" or "OutOfRangeInput" =>
            "correct staging.container: 3 to 63 lower-case letters, digits and single hyphens",
        _ => "look at the account's settings",
    };

    private static string WrongCredentials(BlobContainerClient container) =>
        IsSigned(container)
            ? "the shared access signature in staging.connectionString is wrong, has expired or was made with a key that has been renewed: "
                + "make a new one"
        : container.CanGenerateSasUri
            ? "the account key in staging.connectionString is wrong or has been renewed, or this machine's clock is off: copy the "
                + "connection string again from the account's access keys"
        : "the account does not accept this identity's token: look whether its tenant is the account's, and at this machine's clock";

    private static bool IsSigned(BlobContainerClient container) => container.Uri.Query.Contains("sig=", StringComparison.Ordinal);
}
