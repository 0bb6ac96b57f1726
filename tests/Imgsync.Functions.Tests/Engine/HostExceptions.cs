// The host's own names, which are all that reaches the orchestrator: these classes stand for the host's.
#pragma warning disable IDE0130, MA0048 // the namespace is the host's, and two exceptions of two lines share a file
namespace Microsoft.Azure.WebJobs.Host;

/// <summary>What the host says of an activity whose worker process has died.</summary>
public sealed class FunctionInvocationException(string message) : Exception(message);

/// <summary>What the host says of an activity that has reached <c>functionTimeout</c>.</summary>
public sealed class FunctionTimeoutException(string message) : Exception(message);
