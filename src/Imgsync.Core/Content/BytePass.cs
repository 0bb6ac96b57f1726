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

    /// <summary>How long a pass that is stopped waits for the one who keeps what came; hosts allow about half a minute for all.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private bool _spent;
    private ExceptionDispatchInfo? _brokeOff;

    /// <summary>How many bytes the sinks that keep them have, see <see cref="IByteSink.Keeps"/>.</summary>
    private long _kept;

    /// <summary>How many bytes have gone to every sink.</summary>
    public long Passed { get; private set; }

    /// <summary>Moves a source to the sinks. May be called again with a source that goes on where this one ended. However it ends, all
    /// that was read goes to the sinks that keep it.</summary>
    /// <param name="sinks">In the order in which they get each block: those that work on the thread that hands it out come last, so that
    /// the others are at it meanwhile.</param>
    /// <param name="budget">Once it is spent, a read that is under way is given up, however
    /// slow the source; what was read goes to the sinks.</param>
    /// <returns>False when <paramref name="budget"/> was spent before the source ended.</returns>
    /// <exception cref="ContentTooLongException">The source goes on after the longest length allowed.</exception>
    public async Task<bool> PumpAsync(
        Stream source, IReadOnlyList<IByteSink> sinks, CancellationToken budget, CancellationToken cancellationToken)
    {
        using var block = PageBlock.Rent();
        using var spare = PageBlock.Rent();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, budget);
        using var late = new CancellationTokenSource();
        await using var stopped = cancellationToken.UnsafeRegister(
            static late => ((CancellationTokenSource)late!).CancelAfter(Farewell), late);
        var (current, next) = (block.Memory, spare.Memory);
        var writes = new ValueTask[sinks.Count];

        (_spent, _brokeOff, _kept) = (false, null, Passed);
        var filled = await FillAsync(source, current, stop.Token, cancellationToken);
        while (filled > 0 && !_spent && _brokeOff is null)
        {
            var reading = FillAsync(source, next, stop.Token, cancellationToken);
            try
            {
                await WriteAsync(current[..filled], sinks, writes, cancellationToken, late.Token);
            }
            catch
            {
                // The pool must not get a buffer back while a read still writes to it.
                await stop.CancelAsync();
                var read = await reading;
                if (_kept == Passed + filled)
                    await KeepAsync(next[..read], sinks, late.Token);
                throw;
            }

            filled = await reading;
            (current, next) = (next, current);
            _spent |= budget.IsCancellationRequested;
        }

        if (_brokeOff is not null)
            await KeepAsync(current[..filled], sinks, late.Token);
        else if (filled > 0)
            await WriteAsync(current[..filled], sinks, writes, cancellationToken, late.Token);
        _brokeOff?.Throw();
        return !_spent;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(
        ReadOnlyMemory<byte> bytes, IReadOnlyList<IByteSink> sinks, ValueTask[] writes, CancellationToken cancellationToken,
        CancellationToken late)
    {
        if (Passed + bytes.Length > longest)
            throw new ContentTooLongException($"The content goes on after {longest} bytes, the most that may come; it is refused.");

        for (var i = 0; i < writes.Length; i++)
#pragma warning disable CA2012 // each is awaited below, exactly once
            writes[i] = sinks[i].WriteAsync(bytes, sinks[i].Keeps ? late : cancellationToken);
#pragma warning restore CA2012

        // A sink that fails does not free the block: the others may still be at it.
        ExceptionDispatchInfo? failure = null;
        for (var i = 0; i < writes.Length; i++)
        {
            try
            {
                await writes[i];
                if (sinks[i].Keeps)
                    _kept = Passed + bytes.Length;
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

    /// <summary>What the sinks that keep it cannot take any more is lost: the pass has a failure to tell already.</summary>
    private static async Task KeepAsync(ReadOnlyMemory<byte> bytes, IReadOnlyList<IByteSink> sinks, CancellationToken late)
    {
        foreach (var sink in sinks.Where(sink => sink.Keeps && !bytes.IsEmpty))
            await ((Task)sink.WriteAsync(bytes, late).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Reads until the block is full, the source ends or breaks off, or the budget is spent, so that sinks see few, even blocks.
    /// </summary>
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
        catch (Exception exception)
        {
            _brokeOff = ExceptionDispatchInfo.Capture(exception);
        }

        return filled;
    }
}
