using System.Runtime.CompilerServices;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>One unfinished copy: a blob below <c>incoming/</c>, leased by its only writer and marked with the version of the upstream file
/// it is of. Its blocks are staged in parallel and committed every so often; what a killed writer had not committed is found by the
/// next one.</summary>
internal sealed class BlobStagingWriter : IStagingWriter
{
    /// <summary>Every 128 MiB: the service forgets blocks that nobody commits for a week.</summary>
    private const int BlocksPerCommit = 16;

    private const string MarkKey = "mark";

    /// <summary>How long a stopped run still waits for blocks that are on their way; hosts allow about half a minute.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(20);

    private readonly BlobContainerClient _container;
    private readonly ResolvedImage _image;
    private readonly BlockBlobClient _blob;
    private readonly WriterLease _lease;
    private readonly BlockUploads _uploads;
    private UnfinishedMark _mark;
    private int _committed;
    private bool _done;
    private Stream? _keptContent;

    private BlobStagingWriter(
        BlobContainerClient container, ResolvedImage image, BlockBlobClient blob, WriterLease lease, BlobProperties properties,
        IEnumerable<BlobBlock> committed)
    {
        (_container, _image, _blob, _lease) = (container, image, blob, lease);
        _uploads = new BlockUploads(blob, lease.Condition, committed.Select(block => block.Name));
        _committed = _uploads.Blocks.Count;
        Kept = properties.ContentLength;

        // An ETag may hold any character, a metadata value only ASCII.
        _mark = UnfinishedMark.Parse(
            properties.Metadata.TryGetValue(MarkKey, out var encoded) ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded)) : "");
    }

    public long Kept { get; private set; }

    public string? KeptVersion => _mark.Version;

    private string Attempt => $"Staging {StagedImage.NameOf(_image)}";

    /// <summary>Takes up the blob of this image, or makes it.</summary>
    /// <exception cref="RequestFailedException">Somebody else has held it for longer than
    /// <paramref name="patience"/> (409 LeaseAlreadyPresent).</exception>
    public static async Task<BlobStagingWriter> OpenAsync(
        BlobContainerClient container, ResolvedImage image, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var blob = container.GetBlockBlobClient(BlobStagingStore.Incoming + StagedImage.NameOf(image));
        await blob.CreateIfAbsentAsync(cancellationToken);
        var lease = await WriterLease.AcquireAsync(blob, patience, time, cancellationToken);
        try
        {
            var properties = (await blob.GetPropertiesAsync(lease.Condition, cancellationToken)).Value;
            var blocks = (await blob.GetBlockListAsync(BlockListTypes.All, snapshot: null, lease.Condition, cancellationToken)).Value;
            var writer = new BlobStagingWriter(container, image, blob, lease, properties, blocks.CommittedBlocks);
            await writer.AdoptAsync(blocks.UncommittedBlocks, cancellationToken);
            return writer;
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    public async Task<long> ClaimAsync(string work, CancellationToken cancellationToken)
    {
        if (work != _mark.Work)
        {
            _mark = _mark with { Work = work, Before = Kept };
            if (Kept > 0) // else the first block of a new copy is preceded by a restart, which writes the mark
                await BlobFailure.ExplainAsync(Attempt, _container, () => CommitBlocksAsync(cancellationToken));
        }

        return _mark.Before;
    }

    public async Task<Stream> ReadKeptAsync(CancellationToken cancellationToken) => _keptContent ??= Kept == 0
        ? Stream.Null
        : await _blob.OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);

    public Task RestartAsync(string? version, CancellationToken cancellationToken)
    {
        _uploads.Forget();
        (Kept, _mark) = (0, _mark with { Version = version, Before = 0 });
        return BlobFailure.ExplainAsync(Attempt, _container, () => CommitBlocksAsync(cancellationToken));
    }

    public Task ForgetVersionAsync(CancellationToken cancellationToken)
    {
        _mark = _mark with { Version = null };
        return BlobFailure.ExplainAsync(Attempt, _container, () => CommitBlocksAsync(cancellationToken));
    }

    // Explained here and pooled, because there is a write for every block of a pass: a closure and a task for each would be most of what
    // staging allocates.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _uploads.AppendAsync(bytes, cancellationToken);
            if (_uploads.Blocks.Count >= _committed + BlocksPerCommit)
                await CommitBlocksAsync(cancellationToken);
        }
        catch (Exception failure) when (BlobFailure.IsOne(failure))
        {
            throw BlobFailure.Of(Attempt, _container, failure);
        }
    }

    public async Task<StagedImage> CommitAsync(ContentFacts facts, CancellationToken cancellationToken)
    {
        var name = StagedImage.NameOf(_image);
        await BlobFailure.ExplainAsync(Attempt, _container, async () =>
        {
            await _uploads.FlushAsync(cancellationToken);
            await CommitBlocksAsync(cancellationToken);
            await CopyAsync(_container.GetBlockBlobClient(name), BlobFacts.Write(_image, facts), cancellationToken);
            await DiscardAsync(cancellationToken);
        });
        return new StagedImage(name, facts);
    }

    public Task DiscardAsync(CancellationToken cancellationToken)
    {
        _done = true;
        return _blob.DeleteIfExistsAsync(conditions: _lease.Condition, cancellationToken: cancellationToken);
    }

    /// <summary>Without a commit, what has arrived is made to last: the next attempt goes on from there.</summary>
    public async ValueTask DisposeAsync()
    {
        using var enough = new CancellationTokenSource(Farewell);
        try
        {
            if (!_done)
            {
                await _uploads.SettleAsync(enough.Token);
                await (_uploads.Blocks.Count > 0 ? CommitBlocksAsync(enough.Token) : DiscardAsync(enough.Token));
            }
        }
        catch (Exception lost) when (lost is OperationCanceledException || BlobFailure.IsOne(lost))
        {
            // The service is gone. The next writer finds what was committed, and what has arrived since then; whoever disposes has a
            // failure to tell already.
        }
        finally
        {
            if (_keptContent is not null)
                await _keptContent.DisposeAsync();
            await _uploads.DisposeAsync();
            await _lease.DisposeAsync();
        }
    }

    /// <summary>Takes over what a killed writer had sent and not committed, as far as it is without a gap. It is of the version that
    /// the blob is marked with, because a restart marks it before the first block.</summary>
    private async Task AdoptAsync(IEnumerable<BlobBlock> uncommitted, CancellationToken cancellationToken)
    {
        var adopted = _uploads.Adopt(uncommitted.ToDictionary(block => block.Name, block => block.SizeLong, StringComparer.Ordinal));
        if (adopted > 0)
            await CommitBlocksAsync(cancellationToken);
        Kept += adopted;
    }

    private async Task CommitBlocksAsync(CancellationToken cancellationToken)
    {
        await _uploads.DrainAsync(cancellationToken);
        var mark = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [MarkKey] = Convert.ToBase64String(Encoding.UTF8.GetBytes(_mark.ToString())),
        };
        var options = new CommitBlockListOptions { Conditions = _lease.Condition, Metadata = mark };
        await _blob.CommitBlockListAsync(_uploads.Blocks, options, cancellationToken);
        _committed = _uploads.Blocks.Count;
    }

    /// <summary>Gives the content its final name, which nobody sees before all of it is there. A copy within the account moves no bytes
    /// through us; whoever was first with the same content has done our work.</summary>
    private async Task CopyAsync(BlockBlobClient to, Dictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        try
        {
            var onlyIfAbsent = new BlobRequestConditions { IfNoneMatch = ETag.All };
            var options = new BlobCopyFromUriOptions { Metadata = metadata, DestinationConditions = onlyIfAbsent };
            var copy = await to.StartCopyFromUriAsync(_blob.Uri, options, cancellationToken);
            await copy.WaitForCompletionAsync(cancellationToken);
        }
        catch (RequestFailedException present) when (present.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
        }
    }
}
