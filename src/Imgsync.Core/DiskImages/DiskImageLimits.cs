namespace Imgsync.Core.DiskImages;

/// <summary>What an image may claim.</summary>
public sealed record DiskImageLimits
{
    /// <summary>
    /// The largest disk, in bytes, that an image may unfold to on a hypervisor. Publishers' cloud images announce 2 to 50 GiB;
    /// 1 TiB leaves room for an operator's own and still stops a few kilobytes that claim an exabyte.
    /// </summary>
    public long MaxVirtualSize { get; init; } = 1L << 40;
}
