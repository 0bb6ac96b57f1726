namespace Imgsync.Core.Upstream;

/// <summary>Upstream answered, and the answer cannot be used: missing, malformed, out of bounds. Trying again does not help.</summary>
public sealed class UpstreamException(string message, Exception? innerException = null) : ImgsyncException(message, innerException)
{
    /// <summary>There is no such file.</summary>
    public bool IsMissing { get; init; }
}

/// <summary>Upstream did not answer, broke off or is overloaded; a later attempt may succeed.</summary>
public sealed class UpstreamUnavailableException(
    string message, Exception? innerException = null) : RetriableException(message, innerException);
