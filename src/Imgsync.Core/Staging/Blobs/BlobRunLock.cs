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

    private readonly BlockBlobClient _blob = container.GetBlockBlobClient("run.lock");

    private RunId? _taken;

    /// <summary>Every activity of a run takes the lock; where this machine has had it before, one request renews it. Only then: the
    /// emulator would lengthen a dead run's lease for anybody who asks to renew it.</summary>
    public Task<RunId> AcquireAsync(RunId run, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync("Taking the run lock", container, async () =>
        {
            if (_taken == run && await RenewAsync(run, cancellationToken))
                return run;

            await container.EnsureAsync(cancellationToken);
            await _blob.CreateIfAbsentAsync(cancellationToken);
            try
            {
                await LeaseOf(run).AcquireAsync(RunHold.Lasts, cancellationToken: cancellationToken);
            }
            catch (RequestFailedException held) when (held.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
            {
                return await FindHolderAsync(cancellationToken);
            }

            var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [Holder] = run.ToString() };
            await _blob.SetMetadataAsync(metadata, HeldBy(run), cancellationToken);
            return _taken = run;
        });

    /// <summary>A lease that ran out is still ours as long as nobody took it: the service renews it then.</summary>
    public Task<bool> RenewAsync(RunId run, CancellationToken cancellationToken) => IfOursAsync("Renewing", async () =>
        string.Equals(
            (await LeaseOf(run).RenewAsync(cancellationToken: cancellationToken)).Value.LeaseId, IdOf(run),
            StringComparison.OrdinalIgnoreCase));

    public Task ReleaseAsync(RunId run, CancellationToken cancellationToken) => IfOursAsync("Releasing", async () =>
        await LeaseOf(run).ReleaseAsync(cancellationToken: cancellationToken) is not null);

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
                    await _blob.GetPropertiesAsync(HeldBy(named), cancellationToken);
                    return named;
                }
            }
            catch (RequestFailedException notYet) when (IsNotOurs(notYet))
            {
                // Its holder has not written its name yet, or has ended.
            }

            await Task.Delay(LookAgainAfter, cancellationToken);
        }

        return RunId.Unknown;
    }

    /// <returns>False where the lock is not this run's, or not any more.</returns>
    private Task<bool> IfOursAsync(string attempt, Func<Task<bool>> work) =>
        BlobFailure.ExplainAsync($"{attempt} the run lock", container, async () =>
        {
            try
            {
                return await work();
            }
            catch (RequestFailedException lost) when (IsNotOurs(lost))
            {
                return false;
            }
        });

    private static bool IsNotOurs(RequestFailedException failure) => failure.Status is 404 or 409 or 412;

    private BlobLeaseClient LeaseOf(RunId run) => _blob.GetBlobLeaseClient(IdOf(run));

    private static BlobRequestConditions HeldBy(RunId run) => new() { LeaseId = IdOf(run) };

    private static string IdOf(RunId run) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(run.ToString())).AsSpan(0, 16)).ToString();
}
