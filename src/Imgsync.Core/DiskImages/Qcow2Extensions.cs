using System.Buffers.Binary;

namespace Imgsync.Core.DiskImages;

/// <summary>
/// The header extensions of a qcow2 image (QEMU, docs/interop/qcow2, "Header extensions"). They name other files even where the
/// header's own fields do not, so every one is looked at; unknown ones may be ignored by the specification, and so they are here.
/// </summary>
internal static class Qcow2Extensions
{
    private const int MarkLength = 8;
    private const uint End = 0;
    private const uint BackingFormat = 0xE2792ACA;
    private const uint ExternalDataFileName = 0x44415441;
    private const uint FullDiskEncryption = 0x0537BE77;
    private const uint Bitmaps = 0x23852875;

    /// <summary>Walks to the end mark, which must lie in the first cluster as in the part of it we keep.</summary>
    public static void Check(ReadOnlySpan<byte> head, int start, long clusterSize)
    {
        var area = head[..(int)long.Min(head.Length, clusterSize)];
        var offset = start;
        while (offset <= area.Length - MarkLength)
        {
            var type = BinaryPrimitives.ReadUInt32BigEndian(area[offset..]);
            if (type == End)
                return;

            Refuse(type);
            var length = BinaryPrimitives.ReadUInt32BigEndian(area[(offset + 4)..]);
            offset += MarkLength;
            if (length > area.Length - offset)
                throw new DiskImageException(
                    $"The qcow2 image's header extension 0x{type:x8} of {length} bytes leaves the first {area.Length}: it is damaged.");

            offset += (int)(length + 7) & ~7; // each is padded to a multiple of 8
        }

        throw new DiskImageException(
            $"The qcow2 image's header extensions do not end within its first {area.Length} bytes: it is damaged.");
    }

    private static void Refuse(uint type)
    {
        var because = type switch
        {
            ExternalDataFileName => "names an external data file, which opens the hypervisor's files: publish an image that stands alone",
            BackingFormat => "names the format of a backing file: publish an image that stands alone",
            FullDiskEncryption => "has an encryption header: publish it in the clear",
            Bitmaps => "holds dirty bitmaps of a machine's backups: convert it with qemu-img, which leaves them out",
            _ => null,
        };
        if (because is not null)
            throw new DiskImageException($"The qcow2 image {because}.");
    }
}
