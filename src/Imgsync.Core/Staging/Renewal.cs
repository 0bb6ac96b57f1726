namespace Imgsync.Core.Staging;

/// <summary>Renews a hold at regular times, until it is lost or this is disposed.</summary>
internal sealed class Renewal : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewing;

    /// <param name="renew">Returns false once the hold is lost.</param>
    public Renewal(TimeSpan every, Func<CancellationToken, Task<bool>> renew, TimeProvider time) =>
        _renewing = RenewAsync(every, renew, time);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing;
        _stop.Dispose();
    }

    private async Task RenewAsync(TimeSpan every, Func<CancellationToken, Task<bool>> renew, TimeProvider time)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token) && await renew(_stop.Token))
            {
                // Held for longer.
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed of.
        }
    }
}
