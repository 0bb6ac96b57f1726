
namespace Imgsync.Core.DiskImages;

/// <summary>
/// Judges a disk image by its first bytes while it streams past, before anything is published. A name or a publisher's word
/// decides nothing here, and no foreign parser ever opens the file.
/// </summary>
/// <param name="maxVirtualSize">The largest disk, in bytes, that an image may unfold to.</param>
public sealed class DiskImageInspector(long maxVirtualSize = DiskImageInspector.MaxVirtualSize)
{
    /// <summary>
    /// Holds everything that is judged: qcow2's header with its extensions, a GPT with its entries, and the furthest magic
    /// (ISO 9660, at 32 KiB). A qcow2 cluster may be larger; then its extensions must still end within this head.
    /// </summary>
    internal const int HeadLength = 64 * 1024;

    /// <summary>
    /// Publishers' cloud images announce 2 to 50 GiB;
    /// 1 TiB leaves room for an operator's own and still stops a few kilobytes that claim an exabyte.
    /// </summary>
    internal const long MaxVirtualSize = 1L << 40;

    private readonly byte[] _head = new byte[HeadLength];
    private int _filled;

    /// <summary>Takes the image's next bytes, in order and in pieces of any size; those past the head are not looked at.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var wanted = bytes[..int.Min(bytes.Length, HeadLength - _filled)];
        wanted.CopyTo(_head.AsSpan(_filled));
        _filled += wanted.Length;
    }

    /// <summary>The verdict, once all bytes have passed by.</summary>
    /// <param name="totalLength">How many bytes the whole image has.</param>
    /// <param name="expectedFormat">The catalogue's disk format. Of vhd, vhdx, vdi and iso only the magic is compared.</param>
    /// <exception cref="DiskImageException">The image is not what the catalogue says, or it breaks a rule.</exception>
    public DiskImage Conclude(long totalLength, string expectedFormat)
    {
        if (_filled != long.Min(totalLength, HeadLength))
            throw new DiskImageException(
                $"The disk image has {totalLength} bytes, yet only its first {_filled} were inspected: sync it again.");

        var head = _head.AsSpan(0, _filled);
        RefuseOtherFormats(head, expectedFormat);
        var image = expectedFormat switch
        {
            "qcow2" => new Qcow2Header(head).Inspect(totalLength),
            "raw" => RawDisk.Inspect(head, totalLength),
            "vmdk" => VmdkHeader.Inspect(head),
            _ => new DiskImage(expectedFormat, totalLength),
        };
        return image.VirtualSize <= maxVirtualSize
            ? image
            : throw new DiskImageException(
                $"The {image.Format} image announces a disk of {image.VirtualSize} bytes, over the allowed {maxVirtualSize.InBytes()}: "
                + "raise the largest virtual size if such an image is meant.");
    }

    private static void RefuseOtherFormats(ReadOnlySpan<byte> head, string expectedFormat)
    {
        var seen = KnownMagic.AllIn(head);
        if (seen.Count > 1)
            throw new DiskImageException(
                $"The disk image is {seen[0].Label} and {seen[1].Label} at once: do not publish it, it is made to deceive.");

        // A raw disk is what no other format claims, so it alone has no magic of its own.
        var format = seen.Count == 0 ? "raw" : seen[0].DiskFormat;
        if (!string.Equals(format, expectedFormat, StringComparison.Ordinal) || (seen.Count == 0 && !RawDisk.HasBootSignature(head)))
            throw new DiskImageException(
                $"This is {KnownMagic.Describe(head)}, the catalogue says {expectedFormat}: correct the entry's disk format or its image.");
    }
}
