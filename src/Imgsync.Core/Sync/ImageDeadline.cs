namespace Imgsync.Core.Sync;

/// <summary>How long one image may be worked on in all (<c>upstream.imageTimeout</c>), however often it is tried: servers that never
/// fall quite silent do not hold a run up for ever. Waiting for a turn does not count.</summary>
public sealed class ImageDeadline(TimeSpan allowed, TimeProvider time)
{
    private TimeSpan _spent;

    /// <exception cref="TimeSpentException">The time ran out.</exception>
    public async Task<T> KeepAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(_spent < allowed ? allowed - _spent : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        var started = time.GetTimestamp();
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeSpentException(allowed);
        }
        finally
        {
            _spent += time.GetElapsedTime(started);
        }
    }
}

/// <summary>An image took longer than it may. To try again at once would take as long again.</summary>
public sealed class TimeSpentException(TimeSpan allowed)
    : ImgsyncException(
        $"It was not done within {allowed.InWords()}, all that upstream.imageTimeout allows an image, so it was given up. Nothing of it "
            + "stays in Glance, and what has been downloaded is kept for the next run; look for what is slow, or allow more.");
