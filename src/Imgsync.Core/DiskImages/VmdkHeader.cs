using System.Buffers.Binary;
using System.Text;

namespace Imgsync.Core.DiskImages;

/// <summary>
/// The header of a sparse VMDK (VMware, "Virtual Disk Format 5.0", "Hosted Sparse Extents"). The text embedded in it may name
/// other files as its extents (CVE-2022-47951), so only the two kinds that stand alone are accepted.
/// </summary>
internal static class VmdkHeader
{
    private const int Sector = 512;
    private static readonly string[] SingleFileKinds = ["streamOptimized", "monolithicSparse"];

    public static DiskImage Inspect(ReadOnlySpan<byte> head)
    {
        var capacity = head.Length < Sector ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(head[12..]);
        if (capacity is 0 or > long.MaxValue / Sector)
            throw new DiskImageException($"The VMDK image announces a disk of {capacity} sectors: do not publish it, it is damaged.");

        var kind = KindIn(Descriptor(head));
        return SingleFileKinds.Contains(kind, StringComparer.Ordinal)
            ? new DiskImage("vmdk", (long)capacity * Sector)
            : throw new DiskImageException(
                $"The VMDK image is not of a kind that stands alone ({string.Join(" or ", SingleFileKinds)}): convert it with qemu-img.");
    }

    private static ReadOnlySpan<byte> Descriptor(ReadOnlySpan<byte> head)
    {
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(head[28..]);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(head[36..]);
        var sectors = (ulong)(head.Length / Sector);
        return offset > 0 && offset < sectors && length <= sectors - offset
            ? head.Slice((int)offset * Sector, (int)length * Sector)
            : throw new DiskImageException($"The VMDK image has no descriptor in its first {head.Length} bytes: convert it with qemu-img.");
    }

    /// <summary>Null also where the kind is told twice, because two readers could take a different one.</summary>
    private static string? KindIn(ReadOnlySpan<byte> descriptor)
    {
        var key = "createType=\""u8;
        var start = descriptor.IndexOf(key);
        if (start < 0 || descriptor.LastIndexOf(key) != start)
            return null;

        var value = descriptor[(start + key.Length)..];
        return value.IndexOf((byte)'"') is var end and >= 0 and <= 32 ? Encoding.Latin1.GetString(value[..end]) : null;
    }
}
