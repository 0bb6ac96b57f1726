namespace Imgsync.Core.Content;

/// <summary>Content is not what its publisher says, or is not what may be published. Trying again does not help.</summary>
public class IntegrityException(string message, Exception? innerException = null) : ImgsyncException(message, innerException);

/// <summary>All bytes arrived, and they are others than those the digest was published for.</summary>
public sealed class WrongDigestException(string message) : IntegrityException(message);

/// <summary>The content goes on after its announced length or beyond the largest size allowed.</summary>
public sealed class ContentTooLongException(string message) : IntegrityException(message);

/// <summary>The content ended before its announced length. A cut connection looks like this, so a later attempt may succeed.</summary>
public sealed class ContentTooShortException(
    string message, Exception? innerException = null) : RetriableException(message, innerException);
