using Imgsync.Core.Runs;

namespace Imgsync.Functions.Workflow;

/// <summary>What the last activity of a run is told.</summary>
/// <param name="Report">The run's report as the orchestrator knows it; null when the run could not even be planned.</param>
/// <param name="Batches">Whose outcomes are in the staging store and not in the report yet.</param>
public sealed record RunEnd(string Run, SyncReport? Report, IReadOnlyList<int> Batches);
