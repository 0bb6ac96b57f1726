using System.Buffers;

namespace Imgsync.Core.Upstream.Client;

/// <summary>The parts that are under way or waiting to be read, in the order of the file. There are at most two for each stream,
/// whatever the pace of the one who reads them: that is all the memory it takes.</summary>
internal sealed class PartWindow(PartFetcher fetcher, PartMemory memory, long from, long end, int mostStreams) : IAsyncDisposable
{
    private const int PartsForEachStream = 2;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<Part> _parts = new();
    private long _next = from;
    private int _streams;
    private int _underWay;
    private bool _ended;

    /// <summary>Begins with one stream.</summary>
    public static PartWindow Open(PartFetcher fetcher, PartMemory memory, long from, long end, int mostStreams)
    {
        var window = new PartWindow(fetcher, memory, from, end, mostStreams);
        window.Widen();
        return window;
    }

    /// <summary>Where the next part to be read begins.</summary>
    public long From { get; private set; } = from;

    /// <summary>Whether the server has begun to send the next part.</summary>
    public bool IsPromised => Next.IsPromised;

    /// <summary>Why the next part cannot be had, null as long as it may be.</summary>
    public Exception? Failure => Next.Fetching.Exception?.GetBaseException();

    // There always is one: a part that cannot be had stays.
    private Part Next
    {
        get
        {
            lock (_lock)
                return _parts.Peek();
        }
    }

    /// <summary>Waits for the part that begins at <paramref name="position"/>. Its bytes
    /// are good until the one after it is asked for.</summary>
    /// <param name="wider">Adds a connection, up to the limit.</param>
    public async Task<ReadOnlyMemory<byte>> NextAsync(long position, bool wider, CancellationToken cancellationToken)
    {
        if (From < position)
            Release();
        if (wider)
            Widen();

        var part = Next;
        try
        {
            await part.Fetching.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Not registered with the token: the wait is, too, and what follows it would take that back before it is called.
            Stop();
            throw;
        }

        return part.Bytes;
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        foreach (var part in _parts)
        {
            using (part)
                await part.Fetching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _parts.Clear();
        _stop.Dispose();
    }

    /// <summary>Ends every connection at once.</summary>
    public void Stop()
    {
        lock (_lock)
            _ended = true;
        _stop.Cancel();
    }

    private void Widen()
    {
        lock (_lock)
        {
            _streams = Math.Min(_streams + 1, mostStreams);
            TopUp();
        }
    }

    /// <summary>The memory of the part that was read is for one that is to come.</summary>
    private void Release()
    {
        lock (_lock)
        {
            using (var part = _parts.Dequeue())
                From += part.Bytes.Length;
            TopUp();
        }
    }

    /// <summary>The lock is held.</summary>
    private void TopUp()
    {
        while (!_ended && _underWay < _streams && _parts.Count < PartsForEachStream * _streams && _next < end)
        {
            var length = (int)Math.Min(memory.PartBytes, end - _next);
            var part = new Part(_next, length, memory.Pool.Rent(length));
            part.Fetching = Task.Run(() => FetchAsync(part));
            _parts.Enqueue(part);
            _next += length;
            _underWay++;
        }
    }

    private async Task FetchAsync(Part part)
    {
        try
        {
            await fetcher.FetchAsync(part, _stop.Token);
        }
        catch
        {
            // What comes after a part that is missing will not be read from here.
            lock (_lock)
                _ended = true;
            throw;
        }
        finally
        {
            lock (_lock)
            {
                _underWay--;
                TopUp();
            }
        }
    }
}

/// <summary>A range of a file on its way into memory.</summary>
internal sealed class Part(long from, int length, IMemoryOwner<byte> memory) : IDisposable
{
    private volatile bool _promised;

    public long From => from;

    public Memory<byte> Bytes => memory.Memory[..length];

    /// <summary>Ends when all bytes are there, or with the reason why they cannot be had.</summary>
    public Task Fetching { get; set; } = Task.CompletedTask;

    /// <summary>The server has begun to send this very range of this very version.</summary>
    public bool IsPromised => _promised;

    public void Promise() => _promised = true;

    /// <summary>Only after <see cref="Fetching"/> has ended: the pool must not get memory back that is still written to.</summary>
    public void Dispose() => memory.Dispose();
}

/// <summary>How large the parts of a file are that travel side by side, and where the memory for them comes from.</summary>
internal sealed record PartMemory(int PartBytes, MemoryPool<byte> Pool)
{
    /// <summary>Large enough that one request more for each does not show, small enough that sixteen streams fit a small machine.</summary>
    public static PartMemory Default { get; } = new(4 << 20, MemoryPool<byte>.Shared);
}
