using Imgsync.Core.Content;

namespace Imgsync.Core.Signatures;

/// <summary>
/// Content is not provably the publisher's: its signature, or every key that could confirm it, was refused.
/// Trying again does not help.
/// </summary>
public sealed class SignatureException(string message, Exception? innerException = null) : IntegrityException(message, innerException);

/// <summary>The key server did not answer and no other place had the key; a later attempt may succeed.</summary>
public sealed class KeyUnavailableException(string message, Exception? innerException = null) : RetriableException(message, innerException);
