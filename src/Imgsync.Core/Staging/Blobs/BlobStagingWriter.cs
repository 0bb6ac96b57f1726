using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>One unfinished copy in blob storage, its blocks staged in parallel and committed every so often.
/// What a killed writer had not committed is found by the next one.</summary>
internal sealed class BlobStagingWriter : IStagingWriter
{
    /// <summary>Every 128 MiB: the service forgets blocks that nobody commits for a week.</summary>
    private const int BlocksPerCommit = 16;

    private readonly BlobContainerClient _container;
    private readonly ResolvedImage _image;
    private readonly UnfinishedBlob _blob;
    private readonly BlockUploads _uploads;
    private UnfinishedMark _mark;
    private int _committed;
    private bool _done;
    private Stream? _keptContent;

    private BlobStagingWriter(BlobContainerClient container, ResolvedImage image, UnfinishedBlob blob)
    {
        (_container, _image, _blob) = (container, image, blob);
        _uploads = new BlockUploads(blob.Client, blob.Condition, blob.Blocks.CommittedBlocks.Select(block => block.Name));
        _committed = _uploads.Blocks.Count;
        (Kept, _mark) = (blob.Length, blob.Mark);
    }

    public long Kept { get; private set; }

    public string? KeptVersion => _mark.Version;

    private string Attempt => $"Staging {StagedName.Of(_image)}";

    public static async Task<BlobStagingWriter> OpenAsync(
        BlobContainerClient container, ResolvedImage image, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var blob = await UnfinishedBlob.OpenAsync(container, StagedName.Of(image), patience, time, cancellationToken);
        try
        {
            var writer = new BlobStagingWriter(container, image, blob);
            await writer.AdoptAsync(cancellationToken);
            return writer;
        }
        catch
        {
            await blob.DisposeAsync();
            throw;
        }
    }

    public async Task<long> ClaimAsync(string work, CancellationToken cancellationToken)
    {
        var claimed = _mark.ClaimedBy(work, Kept);
        if (claimed != _mark)
        {
            _mark = claimed;
            if (Kept > 0) // else the first block of a new copy is preceded by a restart, which writes the mark
                await BlobFailure.ExplainAsync(Attempt, _container, () => CommitBlocksAsync(cancellationToken));
        }

        return _mark.Before;
    }

    public async Task<Stream> ReadKeptAsync(CancellationToken cancellationToken) =>
        _keptContent ??= Kept == 0 ? Stream.Null : await _blob.ReadAsync(cancellationToken);

    public Task RestartAsync(string? version, CancellationToken cancellationToken)
    {
        _uploads.Forget();
        (Kept, _mark) = (0, _mark.Restarted(version));
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
        var name = StagedName.Of(_image);
        await BlobFailure.ExplainAsync(Attempt, _container, async () =>
        {
            await _uploads.FlushAsync(cancellationToken);
            await CommitBlocksAsync(cancellationToken);
            await BlobCopy.MakeAsync(_blob.Client, _container.GetBlockBlobClient(name), BlobFacts.Write(_image, facts), cancellationToken);
            await DiscardAsync(cancellationToken);
        });
        return new StagedImage(name, facts);
    }

    public Task DiscardAsync(CancellationToken cancellationToken)
    {
        _done = true;
        return _blob.DeleteAsync(cancellationToken);
    }

    /// <summary>Without a commit, what has arrived is made to last: the next attempt goes on from there.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_done)
            {
                await _uploads.FlushAsync(CancellationToken.None);
                await CommitBlocksAsync(CancellationToken.None);
            }
        }
        catch (Exception lost) when (lost is RequestFailedException or AggregateException)
        {
            // The service is gone, and what was committed before is all that is kept; whoever disposes has a failure to tell already.
        }
        finally
        {
            if (_keptContent is not null)
                await _keptContent.DisposeAsync();
            _uploads.Dispose();
            await _blob.DisposeAsync();
        }
    }

    /// <summary>Takes over what a killed writer had sent and not committed, as far as it is without a gap. It is of the version that
    /// the blob is marked with, because a restart marks it before the first block.</summary>
    private async Task AdoptAsync(CancellationToken cancellationToken)
    {
        var adopted = _uploads.Adopt(
            _blob.Blocks.UncommittedBlocks.ToDictionary(block => block.Name, block => block.SizeLong, StringComparer.Ordinal));
        if (adopted == 0)
            return;

        await CommitBlocksAsync(cancellationToken);
        Kept += adopted;
    }

    private async Task CommitBlocksAsync(CancellationToken cancellationToken)
    {
        await _uploads.DrainAsync();
        await _blob.CommitAsync(_uploads.Blocks, _mark, cancellationToken);
        _committed = _uploads.Blocks.Count;
    }
}

/// <summary>Gives the content of one blob to another, whose name nobody sees before all of it is there.</summary>
internal static class BlobCopy
{
    /// <summary>A copy within the account moves no bytes through us. Whoever was first with the same content has done our work.</summary>
    public static async Task MakeAsync(
        BlockBlobClient from, BlockBlobClient to, Dictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        try
        {
            var onlyIfAbsent = new BlobRequestConditions { IfNoneMatch = ETag.All };
            var options = new BlobCopyFromUriOptions { Metadata = metadata, DestinationConditions = onlyIfAbsent };
            var copy = await to.StartCopyFromUriAsync(from.Uri, options, cancellationToken);
            await copy.WaitForCompletionAsync(cancellationToken);
        }
        catch (RequestFailedException present) when (present.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
        }
    }
}
