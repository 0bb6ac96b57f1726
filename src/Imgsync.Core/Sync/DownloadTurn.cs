using Imgsync.Core.Runs;

namespace Imgsync.Core.Sync;

/// <summary>
/// Whose turn it is to bring an image's bytes to staging: one cloud at a time, until one has done it. From then on all go at once.
/// A cloud that failed and waits for its next attempt lets the others go first.
/// </summary>
internal sealed class DownloadTurn : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private volatile bool _staged;

    public async Task<SyncResult> TakeAsync(Func<Task<SyncResult>> attempt, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        if (_staged)
        {
            _turn.Release();
            return await attempt();
        }

        try
        {
            var result = await attempt();
            _staged = result.Outcome.HasBytes;
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
