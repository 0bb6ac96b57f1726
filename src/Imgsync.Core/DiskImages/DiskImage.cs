using Imgsync.Core.Content;

namespace Imgsync.Core.DiskImages;

/// <summary>What an inspected image is, by its own bytes.</summary>
/// <param name="Format">Glance's word for it, one of its <c>disk_format</c> values.</param>
/// <param name="VirtualSize">The disk a machine sees, in bytes; for formats judged by their magic only, the file's length.</param>
public sealed record DiskImage(string Format, long VirtualSize)
{
    private const long BytesPerGiB = 1L << 30;

    /// <summary>Glance's <c>min_disk</c>: the virtual size in GiB, rounded up.</summary>
    public int MinDisk => checked((int)((VirtualSize / BytesPerGiB) + (VirtualSize % BytesPerGiB == 0 ? 0 : 1)));
}

/// <summary>A disk image breaks a rule that every published image keeps; the message names the rule.</summary>
public sealed class DiskImageException(string message) : IntegrityException(message);
