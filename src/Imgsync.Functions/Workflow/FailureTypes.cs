using Imgsync.Core;
using Microsoft.DurableTask;

namespace Imgsync.Functions.Workflow;

/// <summary>
/// What a failed activity failed of: all that is left of its exception is the name of its type. The engine's own
/// <c>IsCausedBy</c> looks that name up in every assembly and throws when a facade such as netstandard has it, too, as with
/// HttpRequestException: a failure that nobody foresaw would then end the whole run.
/// </summary>
internal static class FailureTypes
{
    public static bool IsOurs(this TaskFailureDetails failure) => Is<ImgsyncException>(failure);

    public static bool MayPass(this TaskFailureDetails failure) => Is<RetriableException>(failure) || failure.IsCancellation();

    /// <summary>A host that shuts down cancels its activities.</summary>
    public static bool IsCancellation(this TaskFailureDetails failure) => Is<OperationCanceledException>(failure);

    /// <summary>Our exceptions live beside their base, and those of a cancellation beside theirs.</summary>
    private static bool Is<T>(TaskFailureDetails failure)
        where T : Exception =>
        failure.ErrorType is not "" && typeof(T).IsAssignableFrom(typeof(T).Assembly.GetType(failure.ErrorType, throwOnError: false));
}
