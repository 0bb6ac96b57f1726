using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>
/// The run lock in blob storage: a lease whose id follows from the run's, so that every activity of one run, on whatever
/// machine, can renew it and none of another run can.
/// </summary>
public sealed class BlobRunLock(BlobContainerClient container) : IRunLock
{
    private const string Holder = "run";

    /// <summary>The longest a lease can last: what a dead run's lock outlives it.</summary>
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    /// <summary>A holder has its name written a request after it has the lease.</summary>
    private const int Looks = 50;

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly BlobClient _blob = container.GetBlobClient("run.lock");

    private string? _taken;

    public Task<string> AcquireAsync(string run, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync("Taking the run lock", container, () => TakeAsync(run, cancellationToken));

    public Task<bool> RenewAsync(string run, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync("Renewing the run lock", container, () => HoldOnAsync(run, cancellationToken));

    public Task ReleaseAsync(string run, CancellationToken cancellationToken) =>
        BlobFailure.ExplainAsync("Releasing the run lock", container, () => LetGoAsync(run, cancellationToken));

    /// <summary>
    /// Every activity of a run takes the lock; where this machine has had it before, one request renews it. Only then: the emulator
    /// would lengthen a dead run's lease for anybody who asks to renew it.
    /// </summary>
    private async Task<string> TakeAsync(string run, CancellationToken cancellationToken)
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

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [Holder] = run };
        await _blob.SetMetadataAsync(metadata, new BlobRequestConditions { LeaseId = IdOf(run) }, cancellationToken);
        return _taken = run;
    }

    /// <summary>
    /// Who holds the lease. The name on the blob may be an earlier holder's, since it is written once the lease is taken; but only its
    /// holder's lease id, which follows from the run's, lets a conditional request pass.
    /// </summary>
    private async Task<string> FindHolderAsync(CancellationToken cancellationToken)
    {
        for (var look = 0; look < Looks; look++)
        {
            try
            {
                var named = (await _blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value.Metadata.TryGetValue(Holder, out var run) ? run : "";
                await _blob.GetPropertiesAsync(new BlobRequestConditions { LeaseId = IdOf(named) }, cancellationToken);
                return named;
            }
            catch (RequestFailedException notYet) when (notYet.Status is 404 or 409 or 412)
            {
                await Task.Delay(LookAgainAfter, cancellationToken);
            }
        }

        return "unknown";
    }

    private async Task<bool> HoldOnAsync(string run, CancellationToken cancellationToken)
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

    private async Task<bool> LetGoAsync(string run, CancellationToken cancellationToken)
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

    private BlobLeaseClient LeaseOf(string run) => _blob.GetBlobLeaseClient(IdOf(run));

    private static string IdOf(string run) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(run)).AsSpan(0, 16)).ToString();

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _blob.UploadAsync(BinaryData.Empty, new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }, cancellationToken);
        }
        catch (RequestFailedException present) when (present.Status is 409 or 412)
        {
        }
    }
}
