using Imgsync.Core.Content;

namespace Imgsync.Core.Unpacking;

/// <summary>A packed file does not hold one disk image of a size that may come.</summary>
public sealed class PackedContentException(string message, Exception? innerException = null) : IntegrityException(message, innerException);
