using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>The run lock in blob storage: a lease whose id follows from the run's, so that every activity of one run,
/// on whatever machine, can renew it and none of another run can.</summary>
public sealed class BlobRunLock(BlobContainerClient container) : IRunLock
{
    private const string Holder = "run";


    /// <summary>A holder has its name written a request after it has the lease.</summary>
    private const int Looks = 50;

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a dead run's lock outlives it: as long as a lease can last. The service takes 15 to 60 seconds.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    private readonly BlobClient _blob = container.GetBlobClient("run.lock");

    private RunId? _taken;

    public Task<RunId> AcquireAsync(RunId run, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync("Taking the run lock", container, () => TakeAsync(run, cancellationToken));

    public Task<bool> RenewAsync(RunId run, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync("Renewing the run lock", container, () => HoldOnAsync(run, cancellationToken));

    public Task ReleaseAsync(RunId run, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync("Releasing the run lock", container, () => LetGoAsync(run, cancellationToken));

    /// <summary>Every activity of a run takes the lock; where this machine has had it before, one request renews it. Only then: the
    /// emulator would lengthen a dead run's lease for anybody who asks to renew it.</summary>
    private async Task<RunId> TakeAsync(RunId run, CancellationToken cancellationToken)
    {
        if (_taken == run && await HoldOnAsync(run, cancellationToken))
            return run;

        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await CreateAsync(cancellationToken);
        try
        {
            await LeaseOf(run).AcquireAsync(Duration, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException held) when (held.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
        {
            return await FindHolderAsync(cancellationToken);
        }

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [Holder] = run.ToString() };
        await _blob.SetMetadataAsync(metadata, new BlobRequestConditions { LeaseId = IdOf(run) }, cancellationToken);
        return _taken = run;
    }

    /// <summary>Who holds the lease. The name on the blob may be an earlier holder's, since it is written once the lease is taken; but
    /// only its holder's lease id, which follows from the run's, lets a conditional request pass.</summary>
    private async Task<RunId> FindHolderAsync(CancellationToken cancellationToken)
    {
        for (var look = 0; look < Looks; look++)
        {
            try
            {
                var metadata = (await _blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value.Metadata;
                if (metadata.TryGetValue(Holder, out var name) && RunId.TryParse(name, out var named))
                {
                    await _blob.GetPropertiesAsync(new BlobRequestConditions { LeaseId = IdOf(named) }, cancellationToken);
                    return named;
                }
            }
            catch (RequestFailedException notYet) when (notYet.Status is 404 or 409 or 412)
            {
                // Its holder has not written its name yet, or has ended.
            }

            await Task.Delay(LookAgainAfter, cancellationToken);
        }

        return RunId.Unknown;
    }

    private async Task<bool> HoldOnAsync(RunId run, CancellationToken cancellationToken)
    {
        try
        {
            // A lease that ran out is still ours as long as nobody took it: the service renews it then.
            var lease = await LeaseOf(run).RenewAsync(cancellationToken: cancellationToken);
            return string.Equals(lease.Value.LeaseId, IdOf(run), StringComparison.OrdinalIgnoreCase);
        }
        catch (RequestFailedException lost) when (lost.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    private async Task<bool> LetGoAsync(RunId run, CancellationToken cancellationToken)
    {
        try
        {
            await LeaseOf(run).ReleaseAsync(cancellationToken: cancellationToken);
            return true;
        }
        catch (RequestFailedException notOurs) when (notOurs.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    private BlobLeaseClient LeaseOf(RunId run) => _blob.GetBlobLeaseClient(IdOf(run));

    private static string IdOf(RunId run) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(run.ToString())).AsSpan(0, 16)).ToString();

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _blob.UploadAsync(
                BinaryData.Empty, new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } },
                cancellationToken);
        }
        catch (RequestFailedException present) when (present.Status is 409 or 412)
        {
        }
    }
}
