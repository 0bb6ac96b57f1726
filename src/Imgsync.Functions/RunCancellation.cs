using Microsoft.DurableTask;

namespace Imgsync.Functions;

/// <summary>How a run learns that it shall end.</summary>
internal static class RunCancellation
{
    /// <summary>Raised with the run's id: an instance id is every run's, and an event may arrive after its run has ended.</summary>
    public const string Event = "cancel";

    /// <summary>Completes when somebody cancels this very run.</summary>
    public static async Task RequestedAsync(TaskOrchestrationContext context, string run)
    {
        while (!string.Equals(await context.WaitForExternalEvent<string>(Event), run, StringComparison.Ordinal))
        {
            // Meant for a run that has ended.
        }
    }
}
