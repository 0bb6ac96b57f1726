using Microsoft.DurableTask;

namespace Imgsync.Functions.Workflow;

/// <summary>
/// Which failed activities are tried again, and when. Of an exception only the name of its type crosses the border of an
/// activity, so only that decides (<see cref="FailureTypes.MayPass"/>). An image's own activity says by its result whether another try
/// may help, see <see cref="ImageFanOut"/>.
/// </summary>
internal static class Retries
{
    private const int PatientAttempts = 5;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    public static TaskOptions Of(WorkflowLimits limits) => Of(limits.Attempts, limits);

    /// <summary>For what must not be lost to a storage service that is away for a few minutes.</summary>
    public static TaskOptions Patient(WorkflowLimits limits) => Of(Math.Max(PatientAttempts, limits.Attempts), limits);

    /// <summary>The wait before the next try: it doubles with each.</summary>
    /// <param name="failed">How many tries have failed, at least one.</param>
    public static TimeSpan Wait(WorkflowLimits limits, int failed)
    {
        var wait = limits.FirstRetryAfter * Math.Pow(2, Math.Min(failed - 1, 30));
        return wait < Longest(limits) ? wait : Longest(limits);
    }

    private static TaskOptions Of(int attempts, WorkflowLimits limits) => TaskOptions.FromRetryPolicy(
        new RetryPolicy(attempts, limits.FirstRetryAfter, backoffCoefficient: 2, maxRetryInterval: Longest(limits)) { HandleFailure = FailureTypes.MayPass });

    private static TimeSpan Longest(WorkflowLimits limits) => limits.FirstRetryAfter > LongestWait ? limits.FirstRetryAfter : LongestWait;
}
