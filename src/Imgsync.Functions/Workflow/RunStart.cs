using Imgsync.Core.Sync;

namespace Imgsync.Functions.Workflow;

/// <summary>What a run is started with. All runs share one instance id, so the run's own id travels here.</summary>
public sealed record RunStart(string Run, RunRequest Request);
