using System.Buffers;
using Imgsync.Core.Integrity;

namespace Imgsync.Core.Transfer;

/// <summary>
/// One pass over an image: every byte is read once and goes to all sinks before the next block does, so the slowest
/// sink sets the pace and memory stays at two blocks. Reading the next block overlaps with writing this one.
/// </summary>
/// <param name="longest">More bytes than this are refused.</param>
/// <param name="progress">Told how many bytes have passed, after each block.</param>
public sealed class BytePass(long longest, Action<long> progress)
{
    private const int BlockBytes = 1 << 20;

    /// <summary>How many bytes have gone to every sink.</summary>
    public long Passed { get; private set; }

    /// <summary>Moves a source to the sinks. May be called again with a source that goes on where this one ended.</summary>
    /// <returns>False when <paramref name="budget"/> was spent before the source ended.</returns>
    /// <exception cref="ContentTooLongException">The source goes on after the longest length allowed.</exception>
    public async Task<bool> PumpAsync(Stream source, IReadOnlyList<IByteSink> sinks, CancellationToken budget, CancellationToken cancellationToken)
    {
        using var block = MemoryPool<byte>.Shared.Rent(BlockBytes);
        using var spare = MemoryPool<byte>.Shared.Rent(BlockBytes);
        var (current, next) = (block.Memory[..BlockBytes], spare.Memory[..BlockBytes]);

        var filled = await FillAsync(source, current, cancellationToken);
        while (filled > 0)
        {
            if (budget.IsCancellationRequested)
                return false;

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var reading = FillAsync(source, next, stop.Token);
            try
            {
                await WriteAsync(current[..filled], sinks, cancellationToken);
            }
            catch
            {
                await AbandonAsync(reading, stop);
                throw;
            }

            filled = await reading;
            (current, next) = (next, current);
        }

        return true;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, IReadOnlyList<IByteSink> sinks, CancellationToken cancellationToken)
    {
        if (Passed + bytes.Length > longest)
            throw new ContentTooLongException($"The content goes on after {longest} bytes, the most that may come; it is refused.");

        await Task.WhenAll(sinks.Select(sink => sink.WriteAsync(bytes, cancellationToken)));
        Passed += bytes.Length;
        progress(Passed);
    }

    /// <summary>Reads until the block is full or the source ends, so that sinks see few, even blocks.</summary>
    private static async Task<int> FillAsync(Stream source, Memory<byte> block, CancellationToken cancellationToken) =>
        await source.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken);

    /// <summary>The pool must not get a buffer back while a read still writes to it.</summary>
    private static async Task AbandonAsync(Task<int> reading, CancellationTokenSource stop)
    {
        await stop.CancelAsync();
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
