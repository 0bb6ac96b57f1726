using Imgsync.Core;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Workflow;

/// <summary>Classifies a failed activity by its exception's type name, the only part that crosses the wire. The engine's own
/// <c>IsCausedBy</c> looks that name up in every assembly and throws when a facade such as netstandard has it, too, as with
/// HttpRequestException: a failure that nobody foresaw would then end the whole run.</summary>
internal static class FailureTypes
{
    /// <summary>What the Functions host reports when it ended an activity itself, because the worker process died or the host shut
    /// down. The first is the usual one; the exception within it, where there is one, is one of the others.</summary>
    private static readonly HashSet<string> LostWorker = new(StringComparer.Ordinal)
    {
        "Microsoft.Azure.WebJobs.Host.FunctionInvocationException",
        "Microsoft.Azure.WebJobs.Script.Workers.WorkerProcessExitException",
        "Microsoft.Azure.WebJobs.Script.HostDisposedException",
        "Microsoft.Azure.WebJobs.Script.HostInitializationException",
        "DurableTask.Core.Exceptions.SessionAbortedException",
    };

    private static readonly HashSet<string> TimedOut = new(StringComparer.Ordinal)
    {
        "Microsoft.Azure.WebJobs.Host.FunctionTimeoutException",
        "Microsoft.Azure.WebJobs.Host.FunctionTimeoutAbortException",
    };

    /// <summary>What a failed sub-orchestration failed of: its own failure only says which of its activities it was.</summary>
    public static TaskFailureDetails Cause(this TaskFailureDetails failure) =>
        failure is { InnerFailure: { } inner } && failure.ErrorType == typeof(TaskFailedException).FullName ? inner.Cause() : failure;

    public static bool IsOurs(this TaskFailureDetails failure) => Is<ImgsyncException>(failure);

    /// <summary>A failure of ours within a failure of the host decides: configuration,
    /// authorization and integrity are never tried again.</summary>
    public static bool MayPass(this TaskFailureDetails failure) => Causes(failure).FirstOrDefault(IsOurs) is { } ours
        ? Is<RetriableException>(ours)
        : failure.IsCancellation() || failure.IsTimeout() || failure.IsLostWorker();

    /// <summary>A host that shuts down cancels its activities.</summary>
    public static bool IsCancellation(this TaskFailureDetails failure) => Is<OperationCanceledException>(failure);

    /// <summary>The activity reached <c>functionTimeout</c>.</summary>
    public static bool IsTimeout(this TaskFailureDetails failure) => Causes(failure).Any(cause => TimedOut.Contains(cause.ErrorType));

    /// <summary>The worker process died or was shut down while it was at work.</summary>
    public static bool IsLostWorker(this TaskFailureDetails failure) => LostWorker.Contains(failure.ErrorType);

    private static IEnumerable<TaskFailureDetails> Causes(TaskFailureDetails failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerFailure)
            yield return cause;
    }

    /// <summary>Our exceptions live beside their base, and those of a cancellation beside theirs.</summary>
    private static bool Is<T>(TaskFailureDetails failure)
        where T : Exception =>
        failure.ErrorType is not "" && typeof(T).IsAssignableFrom(typeof(T).Assembly.GetType(failure.ErrorType, throwOnError: false));
}
