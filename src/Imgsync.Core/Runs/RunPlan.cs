using System.Text.Json.Serialization;

namespace Imgsync.Core.Runs;

/// <summary>What a run will work on, settled before it starts.</summary>
/// <param name="Run">The run's id.</param>
public sealed record RunPlan(RunId Run, RunRequest Request, IReadOnlyList<PlannedDistribution> Distributions);

/// <summary>One distribution and the clouds that want it, in order: one downloads, the others read the staged copy.</summary>
/// <param name="Publisher">Whose servers it comes from; null where that is not known.</param>
public sealed record PlannedDistribution(
    string Distribution,
    IReadOnlyList<string> Clouds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Publisher = null);
