namespace Imgsync.Core.Content;

/// <summary>The content ended before its announced length. A cut connection looks like this, so a later attempt may succeed.</summary>
public sealed class ContentTooShortException(string message, Exception? innerException = null) : RetriableException(message, innerException);
