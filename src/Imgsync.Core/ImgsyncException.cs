namespace Imgsync.Core;

/// <summary>
/// A broken promise, told in one sentence: what was attempted, on what, what came back and what to do.
/// The message may be shown to anyone, so it never holds a secret or a signed URL; and it quotes others, so it is made harmless.
/// </summary>
public abstract class ImgsyncException(string message, Exception? innerException = null)
    : Exception(message.OnOneLine(), innerException);

/// <summary>
/// A failure that a later attempt may not meet. Only the type of an exception survives the way out of a
/// workflow activity, so the type is what says that trying again makes sense.
/// </summary>
public abstract class RetriableException(string message, Exception? innerException = null)
    : ImgsyncException(message, innerException);
