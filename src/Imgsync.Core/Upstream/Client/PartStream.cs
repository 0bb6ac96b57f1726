using System.Buffers;
using System.Runtime.CompilerServices;
using Imgsync.Core.Content;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Reads a file in order from some byte on, in parts that are fetched side by side. At most two parts for each connection are
/// held in memory, however long nobody reads.</summary>
internal sealed class PartStream(PartFetcher fetcher, PartMemory memory, long from, long end, int connections) : ForwardStream
{
    private readonly CancellationTokenSource _stop = new();
    // One connection is the trunk's at first.
    private readonly SemaphoreSlim _free = new(connections - 1);
    private readonly Queue<Part> _parts = new();
    private long _next = from;
    private int _read;

    /// <summary>The part to be read next.</summary>
    public Part Next => _parts.Peek();

    /// <summary>Asks for parts until there are so many, or as many as there is memory for.</summary>
    public void Fill(int most = int.MaxValue)
    {
        while (_parts.Count < Math.Min(most, 2 * connections) && _next < end)
        {
            var length = (int)Math.Min(memory.PartBytes, end - _next);
            var part = new Part(_next, length, memory.Pool.Rent(length));
            part.Fetching = FetchAsync(part);
            _parts.Enqueue(part);
            _next += length;
        }
    }

    public void TakeOverFromTrunk() => _free.Release();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_read == Next.Bytes.Length)
        {
            _parts.Dequeue().Dispose();
            _read = 0;
            Fill();
        }

        try
        {
            await Next.Fetching.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await _stop.CancelAsync();
            throw;
        }

        var count = Math.Min(buffer.Length, Next.Bytes.Length - _read);
        Next.Bytes.Slice(_read, count).CopyTo(buffer);
        _read += count;
        return count;
    }

    /// <summary>Ends every connection at once.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var part in _parts)
        {
            // The pool must not get memory back that is still written to.
            await part.Fetching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            part.Dispose();
        }

        _free.Dispose();
        _stop.Dispose();
        await base.DisposeAsync();
    }

    // A connection that failed is not used again: what comes after a missing part will not be read from here.
    private async Task FetchAsync(Part part)
    {
        await _free.WaitAsync(_stop.Token);
        await fetcher.FetchAsync(part, _stop.Token);
        _free.Release();
    }
}

/// <summary>A range of a file on its way into memory.</summary>
internal sealed class Part(long from, int length, IMemoryOwner<byte> memory) : IDisposable
{
    private volatile bool _promised;

    public long From => from;

    public long To => from + length - 1;

    public Memory<byte> Bytes => memory.Memory[..length];

    /// <summary>Ends when all bytes are there, or with the reason why they cannot be had.</summary>
    public Task Fetching { get; set; } = Task.CompletedTask;

    /// <summary>The server has begun to send this very range of this very version.</summary>
    public bool IsPromised => _promised;

    public void Promise() => _promised = true;

    public void Dispose() => memory.Dispose();
}

/// <summary>How large the parts of a file are that travel side by side, and where the memory for them comes from.</summary>
internal sealed record PartMemory(int PartBytes, MemoryPool<byte> Pool)
{
    /// <summary>Large enough that one request more for each does not show, small enough that sixteen streams fit a small machine.</summary>
    public static PartMemory Default { get; } = new(4 << 20, MemoryPool<byte>.Shared);
}
