using Imgsync.Core.Staging;

namespace Imgsync.Core.Runs;

/// <summary>This run slept longer than its lock lasted. Another may be at work, so nothing more is published or deleted.</summary>
public sealed class RunLockLostException(string run)
    : ImgsyncException($"Run {run} lost its lock while it was held up, so it stopped before changing anything more; the next run goes on.");

public static class RunLocks
{
    /// <summary>To be asked before anything that another run must not meet: publishing, pruning.</summary>
    /// <exception cref="RunLockLostException">The lock is somebody else's now.</exception>
    public static async Task RequireAsync(this IRunLock runLock, string run, CancellationToken cancellationToken)
    {
        if (!await runLock.RenewAsync(run, cancellationToken))
            throw new RunLockLostException(run);
    }
}
