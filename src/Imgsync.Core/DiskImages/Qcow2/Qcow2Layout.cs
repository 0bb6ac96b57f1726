namespace Imgsync.Core.DiskImages.Qcow2;

/// <summary>Where an inspected qcow2 image keeps its disk, in bytes from the file's start.</summary>
/// <param name="FileLength">The file's length.</param>
/// <param name="DiskLength">The disk's.</param>
/// <param name="IsVersion2">Version 2 knows no clusters that say "zero".</param>
/// <param name="Extended">Whether an entry is of 16 bytes and tells each 32nd of its cluster apart.</param>
internal sealed record Qcow2Layout(
    long FileLength, long DiskLength, int ClusterBits, long L1Offset, bool IsVersion2, bool Extended, bool IsZstandard)
{
    private const int MinExtendedClusterBits = 14; // a subcluster is no smaller than a sector
    private const int Sector = 512;

    public int ClusterSize => 1 << ClusterBits;

    public int EntrySize => Extended ? 16 : 8;

    /// <summary>How many entries a level 2 table has; a table is one cluster.</summary>
    public int EntriesPerTable => ClusterSize / EntrySize;

    /// <summary>How much of the disk one table leads to.</summary>
    public long TableSpan => (long)EntriesPerTable << ClusterBits;

    /// <param name="head">The file's first bytes, or all where it is smaller.</param>
    /// <param name="most">How long the disk may be.</param>
    /// <exception cref="DiskImageException">It is no qcow2 image that stands alone, or its disk is too long.</exception>
    public static Qcow2Layout Of(ReadOnlySpan<byte> head, long fileLength, long most)
    {
        if (KnownMagic.AllIn(head) is not [{ DiskFormat: "qcow2" }])
            throw new DiskImageException($"This is {KnownMagic.Describe(head)}, no qcow2 image: it cannot be converted.");

        var header = new Qcow2Header(head);
        var disk = header.Inspect(fileLength, toConvert: true).VirtualSize;
        if (disk % Sector != 0)
            throw new DiskImageException($"The qcow2 image's disk of {disk} bytes is no whole number of sectors: it is damaged.");
        if (header.HasExtendedEntries && header.ClusterBits < MinExtendedClusterBits)
            throw new DiskImageException(
                "The qcow2 image has extended L2 entries and clusters that are too small for them: it is damaged.");
        return disk <= most
            ? new Qcow2Layout(
                fileLength, disk, (int)header.ClusterBits, (long)header.L1Offset, header.Version == 2, header.HasExtendedEntries,
                header.IsZstandard)
            : throw new DiskImageException(
                $"The qcow2 image unfolds to a disk of {disk} bytes, over the {most.InBytes()} that may come of it: "
                + "raise upstream.maxUnpackedBytes if such an image is meant.");
    }
}
