namespace Imgsync.Core.Staging;

/// <summary>The staging store refuses: not writable, full, or not ours. Trying again does not help.</summary>
public class StagingException(string message, Exception? innerException = null) : ImgsyncException(message, innerException);

/// <summary>The staging store does not answer, or another writer is busy with the same content; a later attempt may succeed.</summary>
public sealed class StagingUnavailableException(string message, Exception? innerException = null) : RetriableException(message, innerException);

/// <summary>A document in the staging store is longer than any of its kind: we did not write it.</summary>
public sealed class DocumentTooLongException(string document, string where, long length, int longest)
    : StagingException($"Reading {document} in {where} failed: it has {length} bytes, and none that we write has more than {longest}; find out who wrote it, and remove it.");
