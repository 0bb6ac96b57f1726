using System.Buffers.Binary;

namespace Imgsync.Core.DiskImages;

/// <summary>
/// A raw disk has no header of its own, so any bytes could pass for one; an image to boot from has at least a partition table
/// that makes sense (UEFI specification, 5.2, "LBA 0 format").
/// </summary>
internal static class RawDisk
{
    internal const int SmallSector = 512;
    private const int SignatureOffset = 510;
    private const int TableOffset = 446;
    private const int EntryLength = 16;
    private const byte Empty = 0;
    private const byte GptProtective = 0xEE;

    public static bool HasBootSignature(ReadOnlySpan<byte> head) =>
        head.Length >= SmallSector && head[SignatureOffset..].StartsWith<byte>([0x55, 0xAA]);

    public static DiskImage Inspect(ReadOnlySpan<byte> head, long totalLength)
    {
        if (totalLength % SmallSector != 0)
            throw new DiskImageException(
                $"The raw image has {totalLength} bytes, no whole number of sectors: fetch it again, it is cut short.");

        var entries = head[TableOffset..SignatureOffset].ToArray().Chunk(EntryLength).ToList();
        if (entries.Exists(entry => entry[4] == GptProtective))
            GuidPartitionTable.Check(head, totalLength);
        else
            CheckMasterBootRecord(entries, totalLength / SmallSector);
        return new DiskImage("raw", totalLength);
    }

    /// <summary>
    /// The same two bytes at 510 also end the boot sector of a bare file system, which has code or text where the table would be.
    /// </summary>
    private static void CheckMasterBootRecord(List<byte[]> entries, long sectors)
    {
        var partitions = new List<(long Start, long End)>();
        foreach (var (index, entry) in entries.Index())
        {
            if (entry[0] is not (0 or 0x80))
                throw new DiskImageException(
                    $"The raw image's partition {index + 1} has the boot flag 0x{entry[0]:x2}: publish a partitioned disk.");
            if (entry[4] == Empty)
                continue;

            var start = (long)BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(8));
            var end = start + BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(12));
            if (start == 0 || end == start || end > sectors)
                throw new DiskImageException(
                    $"The raw image's partition {index + 1} lies at sectors {start} to {end} of {sectors}: fetch it again, "
                        + "it is cut short.");
            if (partitions.Exists(other => start < other.End && other.Start < end))
                throw new DiskImageException(
                    $"The raw image's partition {index + 1} overlaps another: it is damaged or made to deceive.");

            partitions.Add((start, end));
        }

        if (partitions.Count == 0)
            throw new DiskImageException("The raw image has an empty partition table: publish a partitioned disk.");
    }
}
