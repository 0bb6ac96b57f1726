using Microsoft.DurableTask;

namespace Imgsync.Functions.Workflow;

/// <summary>Which failed activities are tried again. Only the type of an exception crosses the border of an activity, so only it decides.</summary>
internal static class Retries
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>For the first activity, which brings the options, and for the last ones, which must not be lost to them.</summary>
    public static TaskOptions Fixed { get; } = Of(attempts: 5, firstRetryAfter: TimeSpan.FromSeconds(10));

    public static TaskOptions Of(WorkflowLimits limits) => Of(limits.Attempts, limits.FirstRetryAfter);

    private static TaskOptions Of(int attempts, TimeSpan firstRetryAfter)
    {
        var longest = firstRetryAfter > LongestWait ? firstRetryAfter : LongestWait;
        return TaskOptions.FromRetryPolicy(new RetryPolicy(attempts, firstRetryAfter, backoffCoefficient: 2, maxRetryInterval: longest)
        {
            HandleFailure = FailureTypes.MayPass,
        });
    }
}
