using Imgsync.Core.Runs;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Workflow;

/// <summary>Which failed activities are tried again; how often and when is in <see cref="SyncLimits"/>. Of an
/// exception only the name of its type crosses the border of an activity, so only that decides
/// (<see cref="FailureTypes.MayPass"/>). An image's own activity says by its result whether another try may help, see
/// <see cref="SyncResult"/>.</summary>
internal static class ActivityRetries
{
    private const int PatientAttempts = 5;

    public static TaskOptions Of(SyncLimits limits) => Of(limits.Attempts, limits);

    /// <summary>For what must not be lost to a storage service that is away for a few minutes.</summary>
    public static TaskOptions Patient(SyncLimits limits) => Of(Math.Max(PatientAttempts, limits.Attempts), limits);

    private static TaskOptions Of(int attempts, SyncLimits limits) => TaskOptions.FromRetryPolicy(
        new RetryPolicy(attempts, limits.FirstRetryAfter, SyncLimits.WaitGrowth, maxRetryInterval: limits.LongestWait())
        {
            HandleFailure = FailureTypes.MayPass,
        });
}
