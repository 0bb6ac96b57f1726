using Imgsync.Core.Runs;

namespace Imgsync.Functions.Workflow;

/// <summary>What the last activity of a run is told: how every image ended, cut down to what pruning decides by.</summary>
/// <param name="DryRun">Says what would be done and changes nothing.</param>
/// <param name="Batches">Whose outcomes are in the staging store.</param>
public sealed record PruneWork(string Run, bool DryRun, IReadOnlyList<ImageOutcome> Outcomes, IReadOnlyList<int> Batches)
{
    private static readonly Dictionary<SyncStage, double> NoSeconds = [];

    public static PruneWork Of(RunPlan plan, IEnumerable<ImageOutcome> outcomes, IReadOnlyList<int> batches) => new(
        plan.Run,
        plan.Request.DryRun,
        [.. outcomes.Select(outcome => outcome with { Reason = "", Failure = null, ImageName = null, Provenance = null, Content = null, Seconds = NoSeconds })],
        batches);
}
