using System.Runtime.CompilerServices;

namespace Imgsync.Core.Tests.Upstream.Client.Parallel;

/// <summary>Sends bodies as a publisher does that limits each connection. What the client is to do meanwhile is waited for, and
/// not left to who is faster, so that it happens on a busy machine too.</summary>
/// <param name="company">How many parts must be under way before one of them is sent to its end; 0: that does not matter.</param>
internal sealed class LimitedAnswers(int company, Gauge memory)
{
    private const int PieceBytes = 8 << 10;

    /// <summary>How many ticks what is waited for may take. A busy machine makes them longer.</summary>
    private const int Patience = 75;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(4);

    private int _inCompany;

    /// <summary>How many answers of any kind are being sent.</summary>
    public Gauge Sending { get; } = new();

    public Gauge Parts { get; } = new();

    /// <summary>How many parts were sent to their end because there was enough company for them.</summary>
    public int InCompany => _inCompany;

    /// <summary>A body no longer counts when its last piece goes out, here and below: the
    /// client has that before we know that it was sent.</summary>
    public async IAsyncEnumerable<byte[]> PartAsync(
        IAsyncEnumerable<byte[]> body, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        byte[] last = [];
        using (Sending.Enter())
        using (Parts.Enter())
        {
            var accompanied = Parts.ReachesAsync(company);
            await foreach (var piece in Pieces(body).WithCancellation(cancellationToken))
            {
                await Task.Delay(Tick, cancellationToken);
                if (last.Length > 0)
                    yield return last;
                last = piece;
            }

            if (company > 0 && await HoldAsync(() => accompanied.IsCompleted, cancellationToken))
                Interlocked.Increment(ref _inCompany);
        }

        yield return last;
    }

    /// <summary>A trunk is never ahead of its reader, nor of a part that is on its way: who is asked for one has time to give it.</summary>
    /// <param name="reached">How far the reader has come from the start of this body.</param>
    public async IAsyncEnumerable<byte[]> TrunkAsync(
        IAsyncEnumerable<byte[]> body, Func<long> reached, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        byte[] last = [];
        var sent = 0L;
        using (Sending.Enter())
        {
            await foreach (var piece in Pieces(body).WithCancellation(cancellationToken))
            {
                if (last.Length > 0)
                    yield return last;
                sent += last.Length;
                await HoldAsync(() => reached() >= sent, cancellationToken);
                // One part that is held is being fetched; when there are two, the first has come and the next is being fetched.
                if ((sent + piece.Length) % LimitedPublisher.PartBytes == 0)
                    await HoldAsync(() => memory.Now != 1, cancellationToken);
                last = piece;
            }
        }

        yield return last;
    }

    private static IAsyncEnumerable<byte[]> Pieces(IAsyncEnumerable<byte[]> body) => body.SelectMany(bytes => bytes.Chunk(PieceBytes));

    /// <summary>Goes on after a tick at the earliest, and once this is so; or else when the patience for it is at its end.</summary>
    /// <returns>Whether it was so.</returns>
    private static async Task<bool> HoldAsync(Func<bool> until, CancellationToken cancellationToken)
    {
        for (var tick = 0; tick < Patience; tick++)
        {
            await Task.Delay(Tick, cancellationToken);
            if (until())
                return true;
        }

        return false;
    }
}
