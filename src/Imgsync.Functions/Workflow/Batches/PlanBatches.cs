using Imgsync.Core.Runs;

namespace Imgsync.Functions.Workflow.Batches;

/// <summary>
/// Cuts a plan into parts that one history each can hold: the engine reads an orchestration's whole history again whenever one
/// of its activities ends, so that a history costs the square of its length.
/// </summary>
internal static class PlanBatches
{
    /// <summary>How many images one history follows: some 400 events. A distribution with more clouds than this is not cut.</summary>
    public const int Images = 100;

    public static IReadOnlyList<RunPlan> Of(RunPlan plan)
    {
        var batches = new List<List<PlannedDistribution>>();
        var room = 0;
        foreach (var planned in plan.Distributions)
        {
            if (planned.Clouds.Count > room)
            {
                batches.Add([]);
                room = Images;
            }

            batches[^1].Add(planned);
            room -= planned.Clouds.Count;
        }

        return [.. batches.Select(batch => plan with { Distributions = batch })];
    }
}
