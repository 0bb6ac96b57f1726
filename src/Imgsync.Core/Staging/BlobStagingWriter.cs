using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Imgsync.Core.Integrity;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Staging;

/// <summary>
/// One unfinished copy in blob storage: a leased blob below <c>incoming/</c>, its blocks staged in parallel and committed
/// every so often. What a killed writer had not committed is found by the next one.
/// </summary>
internal sealed class BlobStagingWriter : IStagingWriter
{
    private const string Version = "version";

    /// <summary>Every 128 MiB: the service forgets blocks that nobody commits for a week.</summary>
    private const int BlocksPerCommit = 16;

    private readonly BlobContainerClient _container;
    private readonly ResolvedImage _image;
    private readonly BlockBlobClient _incoming;
    private readonly BlobLease _lease;
    private readonly BlockUploads _uploads;
    private int _committed;
    private bool _done;
    private Stream? _keptContent;

    private BlobStagingWriter(BlobContainerClient container, ResolvedImage image, BlockBlobClient incoming, BlobLease lease, BlobProperties properties, IEnumerable<string> blocks)
    {
        (_container, _image, _incoming, _lease) = (container, image, incoming, lease);
        _uploads = new BlockUploads(incoming, lease.Condition, blocks);
        _committed = _uploads.Blocks.Count;
        Kept = properties.ContentLength;
        KeptVersion = properties.Metadata.TryGetValue(Version, out var version) ? Encoding.UTF8.GetString(Convert.FromBase64String(version)) : null;
    }

    public long Kept { get; private set; }

    public string? KeptVersion { get; private set; }

    public static async Task<BlobStagingWriter> OpenAsync(BlobContainerClient container, ResolvedImage image, TimeProvider time, CancellationToken cancellationToken)
    {
        var incoming = container.GetBlockBlobClient(BlobStagingStore.Incoming + StagedName.Of(image));
        await CreateAsync(incoming, cancellationToken);
        var lease = await BlobLease.AcquireAsync(incoming, time, cancellationToken);
        try
        {
            var properties = (await incoming.GetPropertiesAsync(lease.Condition, cancellationToken)).Value;
            var blocks = (await incoming.GetBlockListAsync(BlockListTypes.All, snapshot: null, lease.Condition, cancellationToken)).Value;
            var writer = new BlobStagingWriter(container, image, incoming, lease, properties, blocks.CommittedBlocks.Select(block => block.Name));
            await writer.AdoptAsync(blocks.UncommittedBlocks, cancellationToken);
            return writer;
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    public async Task<Stream> ReadKeptAsync(CancellationToken cancellationToken) =>
        _keptContent ??= Kept == 0 ? Stream.Null : await _incoming.OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);

    public async Task RestartAsync(string? version, CancellationToken cancellationToken)
    {
        _uploads.Forget();
        (Kept, KeptVersion) = (0, version);
        await ExplainAsync(() => CommitBlocksAsync(cancellationToken));
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => new(ExplainAsync(async () =>
    {
        await _uploads.AppendAsync(bytes, cancellationToken);
        if (_uploads.Blocks.Count >= _committed + BlocksPerCommit)
            await CommitBlocksAsync(cancellationToken);
    }));

    public async Task<StagedImage> CommitAsync(ContentFacts facts, CancellationToken cancellationToken)
    {
        var name = StagedName.Of(_image);
        await ExplainAsync(async () =>
        {
            await _uploads.FlushAsync(cancellationToken);
            await CommitBlocksAsync(cancellationToken);
            await CopyAsync(_container.GetBlockBlobClient(name), BlobFacts.Write(_image, facts), cancellationToken);
            await DiscardAsync(cancellationToken);
        });
        return new StagedImage(name, facts);
    }

    public async Task DiscardAsync(CancellationToken cancellationToken)
    {
        _done = true;
        await _incoming.DeleteIfExistsAsync(conditions: _lease.Condition, cancellationToken: cancellationToken);
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
            await _lease.DisposeAsync();
        }
    }

    private static async Task CreateAsync(BlockBlobClient incoming, CancellationToken cancellationToken)
    {
        try
        {
            var onlyIfAbsent = new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            await incoming.CommitBlockListAsync([], onlyIfAbsent, cancellationToken);
        }
        catch (RequestFailedException present) when (present.Status is 409 or 412)
        {
        }
    }

    /// <summary>
    /// Takes over what a killed writer had sent and not committed, as far as it is without a gap. It is of the version that the
    /// blob is marked with, because a restart marks it before the first block.
    /// </summary>
    private async Task AdoptAsync(IEnumerable<BlobBlock> uncommitted, CancellationToken cancellationToken)
    {
        var adopted = _uploads.Adopt(uncommitted.ToDictionary(block => block.Name, block => block.SizeLong, StringComparer.Ordinal));
        if (adopted == 0)
            return;

        await CommitBlocksAsync(cancellationToken);
        Kept += adopted;
    }

    private async Task CommitBlocksAsync(CancellationToken cancellationToken)
    {
        await _uploads.DrainAsync();
        var options = new CommitBlockListOptions { Conditions = _lease.Condition, Metadata = Metadata() };
        await _incoming.CommitBlockListAsync(_uploads.Blocks, options, cancellationToken);
        _committed = _uploads.Blocks.Count;
    }

    /// <summary>An ETag may hold any character, a metadata value only ASCII.</summary>
    private Dictionary<string, string> Metadata() => KeptVersion is null
        ? []
        : new(StringComparer.Ordinal) { [Version] = Convert.ToBase64String(Encoding.UTF8.GetBytes(KeptVersion)) };

    /// <summary>A copy within the account moves no bytes through us. Whoever was first with the same content has done our work.</summary>
    private async Task CopyAsync(BlockBlobClient staged, Dictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobCopyFromUriOptions { Metadata = metadata, DestinationConditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            var copy = await staged.StartCopyFromUriAsync(_incoming.Uri, options, cancellationToken);
            await copy.WaitForCompletionAsync(cancellationToken);
        }
        catch (RequestFailedException present) when (present.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
        }
    }

    private Task<bool> ExplainAsync(Func<Task> work) => BlobFailure.ExplainAsync($"Staging {StagedName.Of(_image)}", _container, async () =>
    {
        await work();
        return true;
    });
}
