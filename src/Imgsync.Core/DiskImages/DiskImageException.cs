using Imgsync.Core.Content;

namespace Imgsync.Core.DiskImages;

/// <summary>A disk image breaks a rule that every published image keeps; the message names the rule.</summary>
public sealed class DiskImageException(string message) : IntegrityException(message);
