using System.Net;

namespace Imgsync.Core.Glance;

/// <summary>Keystone or Glance says no: not signed in, not allowed, over quota, in conflict. Trying again does not help.</summary>
public sealed class CloudRefusedException(string message, Exception? innerException = null) : ImgsyncException(message, innerException)
{
    /// <summary>The answer's status, where there was an answer.</summary>
    public HttpStatusCode? Status { get; init; }
}

/// <summary>Keystone or Glance cannot be reached or failed inside; a later attempt may succeed.</summary>
public sealed class CloudUnavailableException(
    string message, Exception? innerException = null) : RetriableException(message, innerException);
