namespace Imgsync.Core.Staging;

/// <summary>
/// Keeps two runs of one installation apart. A holder that dies loses it by itself; one that merely slept must ask
/// <see cref="RunHold.RequireAsync"/> before it publishes or prunes.
/// </summary>
public interface IRunLock
{
    /// <summary>Takes the lock for a run, or says which run has it. Taking it twice for one run is fine.</summary>
    /// <returns>The run that holds it now: the caller's own when it was free.</returns>
    Task<RunId> AcquireAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>Holds on for longer.</summary>
    /// <returns>False when the lock was lost: somebody else may be at work.</returns>
    Task<bool> RenewAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>Lets go; nothing happens when the run does not hold it.</summary>
    Task ReleaseAsync(RunId run, CancellationToken cancellationToken);
}
