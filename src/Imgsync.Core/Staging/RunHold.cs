namespace Imgsync.Core.Staging;

/// <summary>The run lock in the hands of a run. It renews itself until it is disposed; that does not release it, because the
/// next step of the run, on another machine perhaps, goes on with it.</summary>
public sealed class RunHold : IAsyncDisposable
{
    /// <summary>How long a lock in blob storage lasts that nobody renews. The service takes 15 to 60 seconds.</summary>
    internal static readonly TimeSpan Lasts = TimeSpan.FromMinutes(1);

    /// <summary>Often enough that one renewal may fail.</summary>
    private static readonly TimeSpan RenewEvery = Lasts / 3;

    private readonly IRunLock _runLock;
    private readonly Renewal _renewal;

    internal RunHold(IRunLock runLock, RunId run, TimeProvider time)
    {
        (_runLock, Run) = (runLock, run);
        _renewal = new Renewal(RenewEvery, TryRenewAsync, time);
    }

    public RunId Run { get; }

    /// <summary>To be asked before anything that another run must not meet: publishing, changing, deleting.</summary>
    /// <exception cref="RunLockLostException">The lock is somebody else's now.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (!await _runLock.RenewAsync(Run, cancellationToken))
            throw new RunLockLostException(Run);
    }

    public ValueTask DisposeAsync() => _renewal.DisposeAsync();

    /// <summary>A service that does not answer is asked again: whoever is about to change something asks the lock itself.</summary>
    private async Task<bool> TryRenewAsync(CancellationToken ended)
    {
        try
        {
            return await _runLock.RenewAsync(Run, ended);
        }
        catch (ImgsyncException)
        {
            return true;
        }
    }
}

public static class RunLocks
{
    /// <summary>Takes the lock and keeps it for as long as the result is not disposed.</summary>
    /// <exception cref="RunUnderWayException">Another run has it.</exception>
    public static async Task<RunHold> HoldAsync(this IRunLock runLock, RunId run, TimeProvider time, CancellationToken cancellationToken)
    {
        var holder = await runLock.AcquireAsync(run, cancellationToken);
        return holder == run ? new RunHold(runLock, run, time) : throw new RunUnderWayException(holder);
    }
}

/// <summary>Another run holds the lock of the same staging store.</summary>
public sealed class RunUnderWayException(RunId holder)
    : ImgsyncException(
        $"Another run ({holder}) is under way with the same staging; wait for it to end, or give this one a staging of its own.")
{
    /// <summary>The run that holds the lock.</summary>
    public RunId Holder { get; } = holder;
}

/// <summary>This run slept longer than its lock lasted. Another may be at work, so nothing more is published or deleted.</summary>
public sealed class RunLockLostException(RunId run)
    : ImgsyncException($"Run {run} lost its lock while it was held up, so it stopped before changing anything more; the next run goes on.");
