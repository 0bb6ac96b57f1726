using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Imgsync.Core.Content;

/// <summary>One pass over an image: every byte is read once and goes to all sinks before the next block does, so the slowest sink sets
/// the pace and memory stays at two blocks. Reading the next block overlaps with writing this one.</summary>
/// <param name="longest">More bytes than this are refused.</param>
/// <param name="progress">Told how many bytes have passed, after each block.</param>
public sealed class BytePass(long longest, Action<long> progress)
{
    /// <summary>Large enough that a block's own cost does not show, small enough to stay in a core's cache.</summary>
    public const int BlockBytes = 1 << 18;

    private bool _spent;

    /// <summary>How many bytes have gone to every sink.</summary>
    public long Passed { get; private set; }

    /// <summary>Moves a source to the sinks. May be called again with a source that goes on where this one ended.</summary>
    /// <param name="budget">Once it is spent, a read that is under way is given up, however
    /// slow the source; what was read goes to the sinks.</param>
    /// <returns>False when <paramref name="budget"/> was spent before the source ended.</returns>
    /// <exception cref="ContentTooLongException">The source goes on after the longest length allowed.</exception>
    public async Task<bool> PumpAsync(
        Stream source, IReadOnlyList<IByteSink> sinks, CancellationToken budget, CancellationToken cancellationToken)
    {
        using var block = MemoryPool<byte>.Shared.Rent(BlockBytes);
        using var spare = MemoryPool<byte>.Shared.Rent(BlockBytes);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget);
        var (current, next) = (block.Memory[..BlockBytes], spare.Memory[..BlockBytes]);
        var writes = new ValueTask[sinks.Count];

        _spent = false;
        var filled = await FillAsync(source, current, stop.Token, cancellationToken);
        while (filled > 0 && !_spent)
        {
            var reading = FillAsync(source, next, stop.Token, cancellationToken);
            try
            {
                await WriteAsync(current[..filled], sinks, writes, cancellationToken);
            }
            catch
            {
                await AbandonAsync(reading, stop);
                throw;
            }

            filled = await reading;
            (current, next) = (next, current);
            _spent |= budget.IsCancellationRequested;
        }

        if (filled > 0)
            await WriteAsync(current[..filled], sinks, writes, cancellationToken);
        return !_spent;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(
        ReadOnlyMemory<byte> bytes, IReadOnlyList<IByteSink> sinks, ValueTask[] writes, CancellationToken cancellationToken)
    {
        if (Passed + bytes.Length > longest)
            throw new ContentTooLongException($"The content goes on after {longest} bytes, the most that may come; it is refused.");

        for (var i = 0; i < writes.Length; i++)
#pragma warning disable CA2012 // each is awaited below, exactly once
            writes[i] = sinks[i].WriteAsync(bytes, cancellationToken);
#pragma warning restore CA2012

        // A sink that fails does not free the block: the others may still be at it.
        ExceptionDispatchInfo? failure = null;
        foreach (var write in writes)
        {
            try
            {
                await write;
            }
            catch (Exception first)
            {
                failure ??= ExceptionDispatchInfo.Capture(first);
            }
        }

        failure?.Throw();

        Passed += bytes.Length;
        progress(Passed);
    }

    /// <summary>Reads until the block is full, the source ends or the budget is spent, so that sinks see few, even blocks.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FillAsync(Stream source, Memory<byte> block, CancellationToken stop, CancellationToken cancellationToken)
    {
        var filled = 0;
        try
        {
            while (filled < block.Length && await source.ReadAsync(block[filled..], stop) is > 0 and var read)
                filled += read;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            _spent = true;
        }

        return filled;
    }

    /// <summary>The pool must not get a buffer back while a read still writes to it.</summary>
    private static async Task AbandonAsync(ValueTask<int> reading, CancellationTokenSource stop)
    {
        await stop.CancelAsync();
        await ((Task)reading.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
