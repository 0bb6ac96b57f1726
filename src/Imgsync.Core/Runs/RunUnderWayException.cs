namespace Imgsync.Core.Runs;

/// <summary>Another run holds the lock of the same staging store.</summary>
public sealed class RunUnderWayException(string holder)
    : ImgsyncException($"Another run ({holder}) is under way with the same staging; wait for it to end, or give this one a staging of its own.")
{
    /// <summary>The id of the run that holds the lock.</summary>
    public string Holder { get; } = holder;
}
