using Imgsync.Core.Runs;

namespace Imgsync.Functions.Workflow;

/// <summary>What the orchestration returns: counts only. The report is in the staging store.</summary>
/// <param name="Outcomes">How many images ended in which way.</param>
/// <param name="Pruned">How many images were no longer wanted, whatever became of them.</param>
/// <param name="PruneFailures">In how many clouds clean-up was left out.</param>
public sealed record RunSummary(
    string Run, bool DryRun, bool Cancelled, IReadOnlyDictionary<OutcomeKind, int> Outcomes, int Pruned, int PruneFailures);
