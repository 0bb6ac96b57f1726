using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;

namespace Imgsync.Functions.Workflow;

/// <summary>
/// What a run is started with. All runs share one instance id, so the run's own id travels here; so do the limits, because an
/// orchestrator that read settings would not replay.
/// </summary>
public sealed record RunStart(string Run, RunRequest Request, WorkflowLimits Limits);

/// <param name="MaxParallel">How many activities are in flight at once.</param>
/// <param name="Attempts">How often an activity is tried.</param>
/// <param name="FirstRetryAfter">The wait before the second try; it doubles from then on.</param>
/// <param name="MaxRounds">How often an image whose time budget was spent is taken up again.</param>
public sealed record WorkflowLimits(int MaxParallel, int Attempts, TimeSpan FirstRetryAfter, int MaxRounds)
{
    /// <summary>An image may take its own time-out to download and as long again to upload, a budget at a time.</summary>
    public static WorkflowLimits Of(ImgsyncOptions options) => new(
        options.MaxParallel,
        options.Workflow.Attempts,
        options.Workflow.FirstRetryAfter,
        (int)Math.Ceiling(2 * (options.Upstream.ImageTimeout / options.Workflow.ActivityBudget)));
}
