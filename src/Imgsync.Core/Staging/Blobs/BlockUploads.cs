using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Imgsync.Core.Staging.Blobs;

/// <summary>Cuts a stream of bytes into blocks and stages a few of them at once; memory stays at those few.</summary>
internal sealed class BlockUploads(BlockBlobClient blob, BlobRequestConditions conditions, IEnumerable<string> committed) : IDisposable
{
    private const int BlockBytes = 8 << 20;
    private const int AtOnce = 4;

    private readonly List<string> _blocks = [.. committed];
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
            await _pending.Dequeue();

        var id = NextId();
        _pending.Enqueue(StageAsync(id, _block, _filled, cancellationToken));
        _blocks.Add(id);
        (_block, _filled) = (ArrayPool<byte>.Shared.Rent(BlockBytes), 0);
    }

    /// <summary>Waits until all blocks have arrived.</summary>
    public async Task DrainAsync()
    {
        while (_pending.TryDequeue(out var staging))
            await staging;
    }

    public void Forget()
    {
        _blocks.Clear();
        _filled = 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_block);

    private string NextId() => Convert.ToBase64String(Encoding.ASCII.GetBytes(_blocks.Count.ToString("d8", CultureInfo.InvariantCulture)));

    private async Task StageAsync(string id, byte[] block, int length, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new MemoryStream(block, 0, length, writable: false);
            await blob.StageBlockAsync(id, content, new BlockBlobStageBlockOptions { Conditions = conditions }, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
