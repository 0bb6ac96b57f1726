using Imgsync.Core.Staging;

namespace Imgsync.Core.Tests.Publishing;

/// <summary>A run lock that a test can have lost at any moment.</summary>
internal sealed class ScriptedRunLock(Func<bool> isHeld) : IRunLock
{
    /// <param name="isHeld">Asked at each renewal; null for a lock that is never lost.</param>
    public static RunHold Hold(Func<bool>? isHeld = null) =>
        new(new ScriptedRunLock(isHeld ?? (() => true)), RunId.Parse("this"), TimeProvider.System);

    public Task<RunId> AcquireAsync(RunId run, CancellationToken cancellationToken) => Task.FromResult(run);

    public Task<bool> RenewAsync(RunId run, CancellationToken cancellationToken) => Task.FromResult(isHeld());

    public Task ReleaseAsync(RunId run, CancellationToken cancellationToken) => Task.CompletedTask;
}
