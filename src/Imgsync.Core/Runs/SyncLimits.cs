using Imgsync.Core.Configuration;

namespace Imgsync.Core.Runs;

/// <summary>How much of a run goes on at once, and how often and when an image is tried again.</summary>
/// <param name="MaxParallel">How many images are worked on at once.</param>
/// <param name="Attempts">How often an image is tried that fails of something that may pass.</param>
/// <param name="FirstRetryAfter">The wait before the second try; each later one is <see cref="WaitGrowth"/> times as long.</param>
/// <param name="MaxRounds">How often an image whose time budget was spent is taken up again.</param>
public sealed record SyncLimits(int MaxParallel, int Attempts, TimeSpan FirstRetryAfter, int MaxRounds)
{
    /// <summary>By how much each wait is longer than the one before.</summary>
    public const int WaitGrowth = 2;

    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    /// <summary>The longest wait between two tries.</summary>
    public TimeSpan LongestWait() => FirstRetryAfter > TenMinutes ? FirstRetryAfter : TenMinutes;

    /// <summary>An image may take its own time-out to download and as long again to upload, a budget at a time.</summary>
    public static SyncLimits Of(ImgsyncOptions options) => new(
        options.MaxParallel,
        options.Workflow.Attempts,
        options.Workflow.FirstRetryAfter,
        (int)Math.Ceiling(2 * (options.Upstream.ImageTimeout / options.Workflow.ActivityBudget)));

    /// <summary>The wait before the next try.</summary>
    /// <param name="failed">How many tries have failed, at least one.</param>
    public TimeSpan Wait(int failed)
    {
        var wait = FirstRetryAfter * Math.Pow(WaitGrowth, Math.Min(failed - 1, 30));
        return wait < LongestWait() ? wait : LongestWait();
    }
}
