using Imgsync.Core.Sync;

namespace Imgsync.Functions.Workflow;

/// <summary>A run's report as the orchestrator knows it.</summary>
/// <param name="Batches">Whose outcomes are in the staging store and not in the report yet.</param>
public sealed record ReportWork(SyncReport Report, IReadOnlyList<int> Batches);
