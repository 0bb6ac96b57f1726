using System.Buffers.Binary;

namespace Imgsync.Core.DiskImages;

/// <summary>
/// The feature bits of a version 3 header (QEMU, docs/interop/qcow2, bytes 72 to 104). Besides what is unsafe, what Glance and
/// Nova refuse is refused here: their inspector knows bits 0 to 3 only, so an image with more would be published and never boot.
/// </summary>
internal static class Qcow2Features
{
    private const ulong Dirty = 1 << 0;
    private const ulong Corrupt = 1 << 1;
    private const ulong ExternalDataFile = 1 << 2;
    private const ulong CompressionType = 1 << 3;
    private const ulong ExtendedL2 = 1 << 4;
    private const ulong Unspecified = ~(Dirty | Corrupt | ExternalDataFile | CompressionType | ExtendedL2);
    private const ulong AutoclearBitmaps = 1 << 0;
    private const ulong AutoclearRawExternal = 1 << 1;
    private const int CompressionTypeOffset = 104;
    private const byte Zlib = 0;
    private const byte Zstandard = 1;

    public static void Check(ReadOnlySpan<byte> head, uint headerLength)
    {
        var incompatible = BinaryPrimitives.ReadUInt64BigEndian(head[72..]);
        var autoclear = BinaryPrimitives.ReadUInt64BigEndian(head[88..]);
        Refuse(incompatible, Dirty, "was not closed (dirty bit): repair it with qemu-img check -r all");
        Refuse(incompatible, Corrupt, "is marked corrupt: repair it with qemu-img check -r all");
        Refuse(incompatible, ExternalDataFile, "keeps its content in an external data file: publish an image that stands alone");
        Refuse(autoclear, AutoclearRawExternal, "speaks of an external data file: publish an image that stands alone");
        Refuse(incompatible, ExtendedL2, "has extended L2 entries, which Nova refuses: convert it with qemu-img -o extended_l2=off");
        Refuse(incompatible, Unspecified, "needs an unknown feature (incompatible_features): convert it with qemu-img");
        Refuse(autoclear, AutoclearBitmaps, "holds dirty bitmaps of a machine's backups: convert it with qemu-img, which leaves them out");

        var hasType = headerLength > CompressionTypeOffset && head.Length > CompressionTypeOffset;
        RequireKnownCompression(hasType ? head[CompressionTypeOffset] : Zlib, (incompatible & CompressionType) != 0);
    }

    private static void Refuse(ulong bits, ulong mask, string because)
    {
        if ((bits & mask) != 0)
            throw new DiskImageException($"The qcow2 image {because}.");
    }

    private static void RequireKnownCompression(byte type, bool announced)
    {
        if (type is not (Zlib or Zstandard))
            throw new DiskImageException($"The qcow2 image has the unknown compression type {type}: convert it with qemu-img.");

        // The bit is set exactly when the type is not zlib; where the two disagree, so would two readers.
        if (announced != (type != Zlib))
            throw new DiskImageException(
                "The qcow2 image's compression type and its feature bit contradict each other: convert it with qemu-img.");
    }
}
