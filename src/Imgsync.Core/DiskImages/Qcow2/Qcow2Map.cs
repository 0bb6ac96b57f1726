using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Imgsync.Core.Content;

namespace Imgsync.Core.DiskImages.Qcow2;

/// <summary>Where each part of the disk lies in the file (QEMU, docs/interop/qcow2, "Cluster mapping"). It is asked front to back, so
/// that one table of either level is in memory at a time.</summary>
internal sealed class Qcow2Map(IRandomReader image, Qcow2Layout layout)
{
    private const ulong OffsetMask = 0x00FF_FFFF_FFFF_FE00;
    private const ulong Copied = 1UL << 63;
    private const ulong Compressed = 1UL << 62;
    private const ulong ReadsZero = 1;
    private const int Subclusters = 32;
    private const int Sector = 512;

    /// <summary>A part of the first level's table, which may have up to 32 MiB.</summary>
    private readonly byte[] _l1 = new byte[1 << 13];
    private readonly byte[] _l2 = new byte[layout.ClusterSize];
    private long _l1Part = -1;
    private long _l2Index = -1;
    private long _l2Offset;

    /// <summary>The longest part of the disk from <paramref name="position"/> on that is zero or in one piece in the file.</summary>
    /// <exception cref="DiskImageException">The tables make no sense.</exception>
    public async ValueTask<Extent> FromAsync(long position, CancellationToken cancellationToken)
    {
        var extent = await AtAsync(position, cancellationToken);
        while (extent.Kind is not ExtentKind.Compressed && position + extent.Length < layout.DiskLength)
        {
            var next = await AtAsync(position + extent.Length, cancellationToken);
            if (next.Kind != extent.Kind || (next.Kind is ExtentKind.Stored && next.Offset != extent.Offset + extent.Length))
                break;
            extent = extent with { Length = extent.Length + next.Length };
        }

        return extent with { Length = long.Min(extent.Length, layout.DiskLength - position) };
    }

    private async ValueTask<Extent> AtAsync(long position, CancellationToken cancellationToken)
    {
        var index = position / layout.TableSpan;
        if (_l2Index != index)
        {
            _l2Offset = TableAt(await L1EntryAsync(index, cancellationToken));
            if (_l2Offset != 0)
                await image.FillAsync(_l2Offset, _l2, cancellationToken);
            _l2Index = index;
        }

        var within = position % layout.TableSpan;
        return _l2Offset == 0 ? Extent.Zeros(layout.TableSpan - within) : Within(within);
    }

    private async ValueTask<ulong> L1EntryAsync(long index, CancellationToken cancellationToken)
    {
        var (part, offset) = Math.DivRem(index * 8, _l1.Length);
        if (_l1Part != part)
            await image.FillAsync(layout.L1Offset + (part * _l1.Length), _l1, cancellationToken);
        _l1Part = part;
        return BinaryPrimitives.ReadUInt64BigEndian(_l1.AsSpan((int)offset));
    }

    /// <summary>Zero where there is no table.</summary>
    private long TableAt(ulong entry)
    {
        var offset = (long)(entry & OffsetMask);
        if ((entry & ~(OffsetMask | Copied)) != 0)
            throw Broken($"an L1 entry 0x{entry:x} with reserved bits");
        if (offset % layout.ClusterSize != 0)
            throw Broken($"an L2 table at {offset}, not on a cluster of {layout.ClusterSize} bytes");
        return offset <= layout.FileLength - layout.ClusterSize || offset == 0
            ? offset
            : throw Broken($"an L2 table at {offset}, beyond the file's {layout.FileLength} bytes");
    }

    private Extent Within(long position)
    {
        var slot = _l2.AsSpan((int)(position >> layout.ClusterBits) * layout.EntrySize);
        var entry = BinaryPrimitives.ReadUInt64BigEndian(slot);
        var within = position & (layout.ClusterSize - 1);
        if ((entry & Compressed) != 0)
            return CompressedAt(entry);

        var offset = StoredAt(entry);
        if (layout.Extended)
            return Subcluster(offset, BinaryPrimitives.ReadUInt64BigEndian(slot[8..]), (int)within);
        return offset == 0 || (entry & ReadsZero) != 0
            ? Extent.Zeros(layout.ClusterSize - within)
            : new Extent(ExtentKind.Stored, layout.ClusterSize - within, offset + within, 0);
    }

    /// <summary>Zero where there is no cluster.</summary>
    private long StoredAt(ulong entry)
    {
        var flags = layout.IsVersion2 || layout.Extended ? Copied : Copied | ReadsZero;
        var offset = (long)(entry & OffsetMask);
        if ((entry & ~(OffsetMask | flags)) != 0)
            throw Broken($"an L2 entry 0x{entry:x} with reserved bits");
        if (offset % layout.ClusterSize != 0)
            throw Broken($"a cluster at {offset}, not on a multiple of {layout.ClusterSize} bytes");
        RequireInside(offset);
        return offset;
    }

    /// <summary>A run of 32nds that are all stored, or none is ("Extended L2 Entries").</summary>
    /// <param name="bitmap">Below which are stored, above which are said to be zero.</param>
    private Extent Subcluster(long offset, ulong bitmap, int within)
    {
        var (stored, zero) = ((uint)bitmap, (uint)(bitmap >> Subclusters));
        if ((stored & zero) != 0 || (offset == 0 && stored != 0))
            throw Broken($"an extended L2 entry whose bitmap 0x{bitmap:x16} contradicts itself");

        var size = layout.ClusterSize / Subclusters;
        var first = within / size;
        var isStored = ((stored >> first) & 1) != 0;
        var end = first + 1;
        while (end < Subclusters && (((stored >> end) & 1) != 0) == isStored)
            end++;
        var length = (end * size) - within;
        return isStored ? new Extent(ExtentKind.Stored, length, offset + within, 0) : Extent.Zeros(length);
    }

    /// <summary>Its length is told in sectors, so there may be a rest of something else behind the stream.</summary>
    private Extent CompressedAt(ulong entry)
    {
        var bits = 62 - (layout.ClusterBits - 8);
        var offset = (long)(entry & ((1UL << bits) - 1));
        var sectors = (int)((entry & (Compressed - 1)) >> bits) + 1;
        RequireInside(offset);
        return new Extent(ExtentKind.Compressed, layout.ClusterSize, offset, (sectors * Sector) - (int)(offset % Sector));
    }

    /// <summary>The last cluster may end behind the file's end, where nothing has been written to the rest of it.</summary>
    private void RequireInside(long offset)
    {
        if (offset >= layout.FileLength)
            throw Broken($"a cluster at {offset}, beyond the file's {layout.FileLength} bytes");
    }

    private static DiskImageException Broken(string what) =>
        new($"The qcow2 image has {what}: fetch it again, it is cut short, damaged or made to deceive.");
}

/// <summary>A part of the disk.</summary>
/// <param name="Length">In bytes of the disk.</param>
/// <param name="Offset">In the file; of no meaning for zeros.</param>
/// <param name="CompressedLength">How many bytes in the file hold a compressed cluster, at most.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Extent(ExtentKind Kind, long Length, long Offset, int CompressedLength)
{
    public static Extent Zeros(long length) => new(ExtentKind.Zeros, length, 0, 0);
}

internal enum ExtentKind
{
    Zeros,
    Stored,
    Compressed,
}
