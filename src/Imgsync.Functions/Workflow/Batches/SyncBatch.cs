using Imgsync.Core;
using Imgsync.Core.Runs;

namespace Imgsync.Functions.Workflow.Batches;

/// <summary>A part of a run with a history of its own: what a <see cref="BatchOrchestrator"/> is started with.</summary>
/// <param name="Number">From one.</param>
/// <param name="Plan">The part of the plan.</param>
/// <param name="Limits">The run's, with this batch's share of the activities that may be in flight.</param>
public sealed record SyncBatch(int Number, RunPlan Plan, SyncLimits Limits);

/// <summary>How a batch's images ended: on their way to the staging store, where the last activities read them.</summary>
public sealed record BatchOutcomes(RunId Run, int Number, IReadOnlyList<ImageOutcome> Outcomes);

/// <summary>What a batch returns: counts, and which distributions did not end well. Its
/// outcomes would weigh down every replay of the run.</summary>
/// <param name="Outcomes">How many images ended in which way.</param>
public sealed record BatchSummary(int Number, IReadOnlyDictionary<OutcomeKind, int> Outcomes, IReadOnlyList<string> Failed);
