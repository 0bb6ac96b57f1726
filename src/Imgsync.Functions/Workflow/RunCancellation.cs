using Imgsync.Core;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Workflow;

/// <summary>How a run learns that it shall end.</summary>
internal static class RunCancellation
{
    /// <summary>Raised with the run's id: an instance id is every run's, and an event may arrive after its run has ended.</summary>
    public const string Event = "cancel";

    /// <summary>Completes when somebody cancels this very run; its status says so from then on.</summary>
    public static async Task RequestedAsync(TaskOrchestrationContext context, RunId run, RunProgress progress)
    {
        while (!string.Equals(await context.WaitForExternalEvent<string>(Event), run.ToString(), StringComparison.Ordinal))
        {
            // Meant for a run that has ended.
        }

        progress.Enter(RunPhase.Cancelling);
    }
}
