using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>Cuts a stream of bytes into blocks and stages a few of them at once; memory stays at those few. Whoever stops waiting stops no
/// upload, so that what has come is kept.</summary>
internal sealed class BlockUploads(BlockBlobClient blob, BlobRequestConditions conditions, IEnumerable<string> committed)
    : IAsyncDisposable
{
    private const int BlockBytes = 8 << 20;
    private const int AtOnce = 4;

    private readonly List<string> _blocks = [.. committed];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>The uploads of the last blocks, in their order. One that failed stays, and with it all after it.</summary>
    private readonly Queue<Task> _pending = new();

    private byte[] _block = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private int _filled;

    /// <summary>The ids of all blocks in order, those still on their way included.</summary>
    public IReadOnlyList<string> Blocks => _blocks;

    /// <summary>Goes on after those of these blocks that follow on ours without a gap.</summary>
    /// <param name="present">The ids and sizes of blocks that the service has.</param>
    /// <returns>How many bytes that is.</returns>
    public long Adopt(IReadOnlyDictionary<string, long> present)
    {
        var bytes = 0L;
        for (; present.TryGetValue(NextId(), out var size); bytes += size)
            _blocks.Add(NextId());
        return bytes;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var taken = Math.Min(bytes.Length, BlockBytes - _filled);
            bytes[..taken].CopyTo(_block.AsMemory(_filled));
            _filled += taken;
            bytes = bytes[taken..];
            if (_filled == BlockBytes)
                await FlushAsync(cancellationToken);
        }
    }

    /// <summary>Sends what is there as a block of its own, once one of the few places is free.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_filled == 0)
            return;
        if (_pending.Count == AtOnce)
            await ArriveAsync(cancellationToken);

        var id = NextId();
        _pending.Enqueue(StageAsync(id, _block, _filled));
        _blocks.Add(id);
        (_block, _filled) = (ArrayPool<byte>.Shared.Rent(BlockBytes), 0);
    }

    /// <summary>Waits until all blocks have arrived.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (_pending.Count > 0)
            await ArriveAsync(cancellationToken);
    }

    /// <summary>Sends what is there, and leaves out the blocks that have not arrived in time and all that follow them.</summary>
    public async Task SettleAsync(CancellationToken enough)
    {
        try
        {
            await FlushAsync(enough);
            await DrainAsync(enough);
        }
        catch (Exception lost) when (lost is OperationCanceledException || BlobFailure.IsOne(lost))
        {
            _blocks.RemoveRange(_blocks.Count - _pending.Count, _pending.Count);
            await GiveUpAsync();
        }
    }

    public void Forget()
    {
        _blocks.Clear();
        _filled = 0;
    }

    public async ValueTask DisposeAsync()
    {
        await GiveUpAsync();
        ArrayPool<byte>.Shared.Return(_block);
        _stop.Dispose();
    }

    private string NextId() => Convert.ToBase64String(Encoding.ASCII.GetBytes(_blocks.Count.ToString("d8", CultureInfo.InvariantCulture)));

    private async Task ArriveAsync(CancellationToken cancellationToken)
    {
        await _pending.Peek().WaitAsync(cancellationToken);
        _ = _pending.Dequeue();
    }

    private async Task GiveUpAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _pending.Clear();
    }

    private async Task StageAsync(string id, byte[] block, int length)
    {
        try
        {
            using var content = new MemoryStream(block, 0, length, writable: false);
            await blob.StageBlockAsync(id, content, new BlockBlobStageBlockOptions { Conditions = conditions }, _stop.Token);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
