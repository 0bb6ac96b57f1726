using Imgsync.Core;
using Imgsync.Core.Runs;

namespace Imgsync.Functions.Workflow;

/// <summary>
/// What a run is started with. All runs share one instance id, so the run's own id travels here; so do the limits, because an
/// orchestrator that read settings would not replay.
/// </summary>
public sealed record RunStart(RunId Run, RunRequest Request, SyncLimits Limits);
