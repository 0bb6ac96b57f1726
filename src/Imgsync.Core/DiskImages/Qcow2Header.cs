using System.Buffers.Binary;

namespace Imgsync.Core.DiskImages;

/// <summary>
/// The header of a qcow2 image (QEMU, docs/interop/qcow2, "Header") and the rules a published image keeps: it stands alone,
/// it is whole, and every hypervisor that Nova may pick can read it.
/// </summary>
internal readonly ref struct Qcow2Header(ReadOnlySpan<byte> head)
{
    private const int Version2Length = 72;
    private const int Version3Length = 104;
    private const ulong MaxL1Bytes = 32 << 20; // QEMU opens no larger one
    private const ulong MaxRefcountTableBytes = 8 << 20; // likewise
    private const byte Zlib = 0;
    private const byte Zstandard = 1;
    private const string Suspect = ": do not publish it, it is damaged or made to deceive.";

    private readonly ReadOnlySpan<byte> _head = head;

    public uint Version => UInt32At(4);
    private ulong BackingFileOffset => UInt64At(8);
    private uint BackingFileSize => UInt32At(16);
    public uint ClusterBits => UInt32At(20);
    public ulong VirtualSize => UInt64At(24);
    private uint CryptMethod => UInt32At(32);
    public uint L1Entries => UInt32At(36);
    public ulong L1Offset => UInt64At(40);
    private ulong RefcountTableOffset => UInt64At(48);
    private uint RefcountTableClusters => UInt32At(56);
    private uint SnapshotCount => UInt32At(60);
    private ulong SnapshotsOffset => UInt64At(64);
    private uint RefcountOrder => UInt32At(96);
    private uint HeaderLength => Version == 2 ? Version2Length : UInt32At(100);
    private ulong ClusterSize => 1UL << (int)ClusterBits;
    private ulong L1Bytes => (ulong)L1Entries * 8;
    private ulong RefcountTableBytes => RefcountTableClusters * ClusterSize;

    public bool HasExtendedEntries => Version == 3 && Has(UInt64At(72), 4);

    /// <summary>Zlib where the header is too short to say.</summary>
    public bool IsZstandard => Version == 3 && HeaderLength > Version3Length && _head[Version3Length] == Zstandard;

    /// <param name="totalLength">The file's, in bytes.</param>
    /// <param name="toConvert">Whether the image will be read by us alone, so that what Nova cannot read does not matter.</param>
    public DiskImage Inspect(long totalLength, bool toConvert = false)
    {
        RequireKnownLayout();
        RefuseForeignContent();
        if (Version == 3)
            CheckFeatures(toConvert);
        CheckExtensions();
        RequireTablesInside((ulong)totalLength);
        return new DiskImage("qcow2", (long)VirtualSize);
    }

    private void RequireKnownLayout()
    {
        if (_head.Length < Version3Length)
            throw new DiskImageException($"The qcow2 image ends after {_head.Length} bytes, inside its header: fetch it again.");
        if (Version is not (2 or 3))
            throw new DiskImageException(
                $"The qcow2 image has version {Version}, and only 2 and 3 are specified: convert it with qemu-img.");
        if (ClusterBits is < 9 or > 21)
            throw new DiskImageException($"The qcow2 image has cluster_bits {ClusterBits}, outside 9 to 21{Suspect}");
        if (Version == 3 && (HeaderLength < Version3Length || HeaderLength % 8 != 0 || HeaderLength > ClusterSize))
            throw new DiskImageException(
                $"The qcow2 image has header_length {HeaderLength}, no multiple of 8 from 104 to its cluster size {ClusterSize}{Suspect}");
        if (Version == 3 && RefcountOrder > 6)
            throw new DiskImageException($"The qcow2 image has refcount_order {RefcountOrder}, over 6{Suspect}");
        if (VirtualSize is 0 or > long.MaxValue)
            throw new DiskImageException($"The qcow2 image announces a disk of {VirtualSize} bytes{Suspect}");
    }

    private void RefuseForeignContent()
    {
        if (BackingFileOffset != 0 || BackingFileSize != 0)
            throw new DiskImageException(
                "The qcow2 image names a backing file, which opens the hypervisor's files: publish an image that stands alone.");
        if (CryptMethod != 0)
            throw new DiskImageException($"The qcow2 image is encrypted (crypt_method {CryptMethod}): publish it in the clear.");
        if (SnapshotCount != 0)
            throw new DiskImageException(
                $"The qcow2 image holds {SnapshotCount} internal snapshots: convert it with qemu-img, which leaves them out.");
    }

    /// <summary>The feature bits (bytes 72 to 104). Besides what is unsafe, what Glance and Nova refuse is refused here: their inspector
    /// knows bits 0 to 3 only, so an image with more would be published and never boot.</summary>
    private void CheckFeatures(bool toConvert)
    {
        var incompatible = UInt64At(72);
        var autoclear = UInt64At(88);
        var fault = Has(incompatible, 0) ? "was not closed (dirty bit): repair it with qemu-img check -r all"
            : Has(incompatible, 1) ? "is marked corrupt: repair it with qemu-img check -r all"
            : Has(incompatible, 2) ? "keeps its content in an external data file: publish an image that stands alone"
            : Has(autoclear, 1) ? "speaks of an external data file: publish an image that stands alone"
            : Has(incompatible, 4) && !toConvert
                ? "has extended L2 entries, which Nova refuses: convert it with qemu-img -o extended_l2=off"
            : incompatible >> 5 != 0 ? "needs an unknown feature (incompatible_features): convert it with qemu-img"
            : Has(autoclear, 0) ? "holds dirty bitmaps of a machine's backups: convert it with qemu-img, which leaves them out"
            : null;
        if (fault is not null)
            throw new DiskImageException($"The qcow2 image {fault}.");

        var type = HeaderLength > Version3Length && _head.Length > Version3Length ? _head[Version3Length] : Zlib;
        if (type is not (Zlib or Zstandard))
            throw new DiskImageException($"The qcow2 image has the unknown compression type {type}: convert it with qemu-img.");

        // The bit is set exactly when the type is not zlib; where the two disagree, so would two readers.
        if (Has(incompatible, 3) != (type != Zlib))
            throw new DiskImageException(
                "The qcow2 image's compression type and its feature bit contradict each other: convert it with qemu-img.");
    }

    private static bool Has(ulong features, int bit) => ((features >> bit) & 1) != 0;

    /// <summary>The header extensions ("Header extensions") name other files even where the header's own fields do not, so every one is
    /// looked at, up to the end mark, which must lie in the first cluster as in the part of it we keep. Unknown ones may be ignored by the
    /// specification, and so they are here.</summary>
    private void CheckExtensions()
    {
        var area = _head[..(int)ulong.Min((ulong)_head.Length, ClusterSize)];
        var offset = (int)HeaderLength;
        while (offset <= area.Length - 8)
        {
            var (type, length) = (UInt32At(offset), UInt32At(offset + 4));
            var fault = type switch
            {
                0x44415441 => "names an external data file, which opens the hypervisor's files: publish an image that stands alone",
                0xE2792ACA => "names the format of a backing file: publish an image that stands alone",
                0x0537BE77 => "has an encryption header: publish it in the clear",
                0x23852875 => "holds dirty bitmaps of a machine's backups: convert it with qemu-img, which leaves them out",
                _ => null,
            };
            if (fault is not null)
                throw new DiskImageException($"The qcow2 image {fault}.");

            offset += 8;
            if (length > area.Length - offset) // QEMU looks at the end mark's, too
                throw new DiskImageException(
                    $"The qcow2 image's header extension 0x{type:x8} of {length} bytes leaves the first {area.Length}: it is damaged.");

            if (type == 0)
                return;
            offset += (int)(length + 7) & ~7; // each is padded to a multiple of 8
        }

        throw new DiskImageException(
            $"The qcow2 image's header extensions do not end within its first {area.Length} bytes: it is damaged.");
    }

    private void RequireTablesInside(ulong totalLength)
    {
        RequireTable("L1 table", L1Offset, L1Bytes, MaxL1Bytes, totalLength);
        RequireTable("refcount table", RefcountTableOffset, RefcountTableBytes, MaxRefcountTableBytes, totalLength);
        if (L1Offset < RefcountTableOffset + RefcountTableBytes && RefcountTableOffset < L1Offset + L1Bytes)
            throw new DiskImageException($"The qcow2 image's L1 and refcount tables overlap{Suspect}");
        if (SnapshotsOffset % ClusterSize != 0 || SnapshotsOffset > totalLength) // QEMU looks even where there is none
            throw new DiskImageException($"The qcow2 image's snapshot table begins at {SnapshotsOffset}{Suspect}");

        // Each L1 entry leads to one cluster of L2 entries of 8 bytes, extended ones 16, each of which leads to one cluster of the disk.
        var bytesPerL1Entry = ClusterSize * (ClusterSize / (HasExtendedEntries ? 16U : 8U));
        if (VirtualSize > L1Entries * bytesPerL1Entry)
            throw new DiskImageException(
                $"The qcow2 image's L1 table of {L1Entries} entries is too small for its disk of {VirtualSize} bytes{Suspect}");
    }

    private void RequireTable(string name, ulong offset, ulong length, ulong maxLength, ulong totalLength)
    {
        if (length == 0 || length > maxLength)
            throw new DiskImageException($"The qcow2 image's {name} has {length} bytes, outside 1 to {maxLength}{Suspect}");
        if (offset == 0 || offset % ClusterSize != 0)
            throw new DiskImageException(
                $"The qcow2 image's {name} begins at {offset}, not on a cluster of {ClusterSize} bytes behind the header{Suspect}");
        if (offset > totalLength || length > totalLength - offset)
            throw new DiskImageException(
                $"The qcow2 image's {name} ends beyond the file's {totalLength} bytes: fetch it again, it is cut short.");
    }

    private uint UInt32At(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_head[offset..]);

    private ulong UInt64At(int offset) => BinaryPrimitives.ReadUInt64BigEndian(_head[offset..]);
}
