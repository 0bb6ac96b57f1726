using System.Buffers.Binary;
using System.IO.Hashing;

namespace Imgsync.Core.DiskImages;

/// <summary>The primary GPT of a raw disk (UEFI specification, 5.3), behind a protective MBR, for 512 and for 4096 byte sectors.</summary>
internal static class GuidPartitionTable
{
    private const int MinHeaderLength = 92;
    private const int HeaderCrcOffset = 16;
    private const int MinEntryLength = 128;
    private const int MaxEntryLength = 4096;
    private const int MaxEntries = 1024;
    private static readonly int[] SectorSizes = [RawDisk.SmallSector, 4096];

    public static void Check(ReadOnlySpan<byte> head, long totalLength)
    {
        foreach (var sectorSize in SectorSizes)
        {
            if (head.Length >= sectorSize * 2 && head[sectorSize..].StartsWith("EFI PART"u8))
            {
                CheckHeader(head.Slice(sectorSize, sectorSize), totalLength / sectorSize);
                CheckEntries(head, sectorSize, totalLength);
                return;
            }
        }

        throw new DiskImageException(
            "The raw image has a protective MBR and no GPT behind it: fetch it again, it is cut short or damaged.");
    }

    private static void CheckHeader(ReadOnlySpan<byte> header, long sectors)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        if (length < MinHeaderLength || length > header.Length)
            throw Broken($"a header of {length} bytes, outside {MinHeaderLength} to {header.Length}");

        var crc = new Crc32();
        crc.Append(header[..HeaderCrcOffset]);
        crc.Append([0, 0, 0, 0]); // the checksum counts itself as zero
        crc.Append(header[(HeaderCrcOffset + 4)..(int)length]);
        if (crc.GetCurrentHashAsUInt32() != BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderCrcOffset..]))
            throw Broken("a header that its own checksum contradicts");

        var firstUsable = BinaryPrimitives.ReadUInt64LittleEndian(header[40..]);
        var lastUsable = BinaryPrimitives.ReadUInt64LittleEndian(header[48..]);
        if (BinaryPrimitives.ReadUInt64LittleEndian(header[24..]) != 1)
            throw Broken("a header that belongs elsewhere on the disk");
        if (firstUsable > lastUsable || lastUsable >= (ulong)sectors)
            throw Broken($"usable sectors {firstUsable} to {lastUsable} on a disk of {sectors}");
    }

    private static void CheckEntries(ReadOnlySpan<byte> head, int sectorSize, long totalLength)
    {
        var header = head[sectorSize..];
        var firstSector = BinaryPrimitives.ReadUInt64LittleEndian(header[72..]);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(header[80..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header[84..]);
        if (count is 0 or > MaxEntries || length is < MinEntryLength or > MaxEntryLength || length % MinEntryLength != 0)
            throw Broken($"{count} entries of {length} bytes");
        if (firstSector < 2 || firstSector >= (ulong)(totalLength / sectorSize))
            throw Broken($"its entries at sector {firstSector}, not inside the disk behind the header");

        // Usually right behind the header; an array elsewhere is rare, allowed, and beyond what a stream's head can show.
        var start = firstSector * (ulong)sectorSize;
        if (start + ((ulong)count * length) > (ulong)head.Length)
            return;

        var entries = head.Slice((int)start, (int)(count * length));
        if (Crc32.HashToUInt32(entries) != BinaryPrimitives.ReadUInt32LittleEndian(header[88..]))
            throw Broken("entries that their checksum contradicts");
        CheckPartitions(entries, (int)length, header);
    }

    private static void CheckPartitions(ReadOnlySpan<byte> entries, int entryLength, ReadOnlySpan<byte> header)
    {
        var firstUsable = BinaryPrimitives.ReadUInt64LittleEndian(header[40..]);
        var lastUsable = BinaryPrimitives.ReadUInt64LittleEndian(header[48..]);
        var any = false;
        for (; !entries.IsEmpty; entries = entries[entryLength..])
        {
            if (!entries[..16].ContainsAnyExcept((byte)0))
                continue;

            any = true;
            var first = BinaryPrimitives.ReadUInt64LittleEndian(entries[32..]);
            var last = BinaryPrimitives.ReadUInt64LittleEndian(entries[40..]);
            if (first < firstUsable || last < first || last > lastUsable)
                throw Broken($"a partition at sectors {first} to {last}, outside the usable {firstUsable} to {lastUsable}");
        }

        if (!any)
            throw Broken("no partition, so nothing could boot from it");
    }

    private static DiskImageException Broken(string what) =>
        new($"The raw image's GPT has {what}: fetch it again, it is cut short, damaged or made to deceive.");
}
