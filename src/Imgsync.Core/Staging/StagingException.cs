namespace Imgsync.Core.Staging;

/// <summary>The staging store refuses: not writable, full, or not ours. Trying again does not help.</summary>
public class StagingException(string message, Exception? innerException = null) : ImgsyncException(message, innerException);

/// <summary>The staging store does not answer, or another writer is busy with the same content; a later attempt may succeed.</summary>
public sealed class StagingUnavailableException(
    string message, Exception? innerException = null) : RetriableException(message, innerException);
