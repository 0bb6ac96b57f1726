using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>Keeps a second writer off a blob that is being written. It is renewed while we live and frees itself soon after we
/// die. What keeps two runs apart is <see cref="BlobRunLock"/>.</summary>
internal sealed class WriterLease : IAsyncDisposable
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RenewEvery = Duration / 3;

    /// <summary>Longer than a lease that nobody renews. Whoever has waited for that long knows that the other
    /// holder lives, and never takes its blob away: a worker that its host has lost may go on writing for
    /// minutes, and two writers' blocks must not meet in one blob.</summary>
    public static readonly TimeSpan Patience = Duration + RenewEvery;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly BlobLeaseClient _client;
    private readonly Renewal _renewal;

    private WriterLease(BlobLeaseClient client, TimeProvider time)
    {
        _client = client;
        Condition = new BlobRequestConditions { LeaseId = client.LeaseId };
        _renewal = new Renewal(RenewEvery, TryRenewAsync, time);
    }

    /// <summary>Goes with every request on the blob.</summary>
    public BlobRequestConditions Condition { get; }

    /// <summary>Takes the lease as soon as nobody has it.</summary>
    /// <param name="patience">How long to wait for it, see <see cref="Patience"/>.</param>
    /// <exception cref="RequestFailedException">Somebody else has held it all the while (409 LeaseAlreadyPresent).</exception>
    public static async Task<WriterLease> AcquireAsync(
        BlobBaseClient blob, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var client = blob.GetBlobLeaseClient();
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await client.AcquireAsync(Duration, cancellationToken: cancellationToken);
                return new WriterLease(client, time);
            }
            catch (RequestFailedException held)
                when (held.ErrorCode == BlobErrorCode.LeaseAlreadyPresent && time.GetElapsedTime(began) < patience)
            {
                await Task.Delay(LookEvery, time, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _renewal.DisposeAsync();
        try
        {
            await _client.ReleaseAsync();
        }
        catch (Exception gone) when (gone is RequestFailedException or AggregateException)
        {
            // The blob was deleted or the service is away: either way nothing is held for long.
        }
    }

    /// <returns>False when it was lost: then the next request on the blob is refused and says so.</returns>
    private async Task<bool> TryRenewAsync(CancellationToken ended)
    {
        try
        {
            await _client.RenewAsync(cancellationToken: ended);
            return true;
        }
        catch (Exception lost) when (lost is RequestFailedException or AggregateException)
        {
            return false;
        }
    }
}

internal static class LeasedBlobs
{
    /// <summary>Makes an empty blob to lease; nothing happens to one that is there.</summary>
    public static async Task CreateIfAbsentAsync(this BlockBlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            var onlyIfAbsent = new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            await blob.CommitBlockListAsync([], onlyIfAbsent, cancellationToken);
        }
        catch (RequestFailedException present) when (present.Status is 409 or 412)
        {
        }
    }
}
