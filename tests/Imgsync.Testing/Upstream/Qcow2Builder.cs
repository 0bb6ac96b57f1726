using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Imgsync.Testing.Upstream;

/// <summary>
/// Writes qcow2 version 3 files that qemu-img finds no fault in (QEMU's docs/interop/qcow2.txt), filled with bytes that
/// do not compress, the same for the same seed.
/// </summary>
public sealed record Qcow2Builder
{
    private const int ClusterBits = 16;
    private const int ClusterSize = 1 << ClusterBits;
    private const int EntriesPerL2Table = ClusterSize / sizeof(ulong);
    private const int CountersPerRefcountBlock = ClusterSize / sizeof(ushort);
    private const ulong Copied = 1UL << 63;

    /// <summary>The disk's size as a guest sees it.</summary>
    public long VirtualSize { get; init; } = 2L << 30;

    /// <summary>How much of the disk holds data; the file is a little longer. Rounded up to whole clusters.</summary>
    public long DataSize { get; init; } = 1 << 20;

    public int Seed { get; init; }

    /// <summary>The name of a file that the image pretends to be a layer on.</summary>
    public string? BackingFile { get; init; }

    /// <summary>Whether the disk begins with a partition table, as all that are to be booted do.</summary>
    public bool IsPartitioned { get; init; }

    private long DataClusters => Clusters(DataSize);

    private long L2Tables => Math.Max(1, (DataClusters + EntriesPerL2Table - 1) / EntriesPerL2Table);

    private long L1Size => (Clusters(VirtualSize) + EntriesPerL2Table - 1) / EntriesPerL2Table;

    /// <summary>The refcount blocks count themselves too, so their number is approached from below.</summary>
    private long RefcountBlocks
    {
        get
        {
            var blocks = 1L;
            while (blocks * CountersPerRefcountBlock < 2 + blocks + 1 + L2Tables + DataClusters)
                blocks++;
            return blocks;
        }
    }

    // The file: header, refcount table, refcount blocks, L1 table, L2 tables, data.
    private long L1Cluster => 2 + RefcountBlocks;

    private long FirstL2Cluster => L1Cluster + 1;

    private long FirstDataCluster => FirstL2Cluster + L2Tables;

    private long AllClusters => FirstDataCluster + DataClusters;

    public byte[] Build()
    {
        using var bytes = new MemoryStream();
        WriteTo(bytes);
        return bytes.ToArray();
    }

    public void WriteTo(string path)
    {
        using var file = File.Create(path);
        WriteTo(file);
    }

    public void WriteTo(Stream stream)
    {
        if (DataSize > VirtualSize || L1Size > EntriesPerL2Table)
            throw new InvalidOperationException("This builder has one cluster for the L1 table, and no data beyond the disk's end.");

        stream.Write(Header());
        stream.Write(Table(RefcountBlocks, first: 2, flags: 0));
        for (var block = 0L; block < RefcountBlocks; block++)
            stream.Write(RefcountBlock(block));
        stream.Write(Table(L2Tables, FirstL2Cluster, Copied));
        for (var table = 0L; table < L2Tables; table++)
        {
            var done = table * EntriesPerL2Table;
            stream.Write(Table(Math.Min(EntriesPerL2Table, DataClusters - done), FirstDataCluster + done, Copied));
        }

        WriteData(stream);
    }

    private byte[] Header()
    {
        var header = new byte[ClusterSize];
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x514649fb); // "QFI\xfb"
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), 3);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(20), ClusterBits);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(24), VirtualSize);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(36), (uint)L1Size);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(40), L1Cluster * ClusterSize);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(48), ClusterSize); // refcount table
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(56), 1); // its clusters
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(96), 4); // refcounts of 2^4 bits
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(100), 104); // header length; the zeros after it end the extensions
        if (BackingFile is not null)
        {
            var name = Encoding.UTF8.GetBytes(BackingFile);
            BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(8), 112);
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(16), (uint)name.Length);
            name.CopyTo(header, 112);
        }

        return header;
    }

    private static byte[] Table(long entries, long first, ulong flags)
    {
        var table = new byte[ClusterSize];
        for (var i = 0; i < entries; i++)
            BinaryPrimitives.WriteUInt64BigEndian(table.AsSpan(i * sizeof(ulong)), ((ulong)(first + i) << ClusterBits) | flags);
        return table;
    }

    private byte[] RefcountBlock(long block)
    {
        var counters = new byte[ClusterSize];
        var counted = Math.Min(CountersPerRefcountBlock, AllClusters - (block * CountersPerRefcountBlock));
        for (var i = 0; i < counted; i++)
            BinaryPrimitives.WriteUInt16BigEndian(counters.AsSpan(i * sizeof(ushort)), 1);
        return counters;
    }

    /// <summary>Encrypted zeros: as good as random, much faster, and repeatable.</summary>
    private void WriteData(Stream stream)
    {
        using var aes = Aes.Create();
        aes.Key = SHA256.HashData(BitConverter.GetBytes(Seed));
        var zeros = new byte[ClusterSize];
        var cluster = new byte[ClusterSize];
        var vector = new byte[aes.BlockSize / 8];
        for (var i = 0L; i < DataClusters; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(vector, i);
            aes.EncryptCbc(zeros, vector, cluster, PaddingMode.None);
            if (i == 0 && IsPartitioned)
                Partition(cluster);
            stream.Write(cluster);
        }
    }

    /// <summary>One partition of Linux's, from the 64th sector on.</summary>
    private static void Partition(Span<byte> disk)
    {
        disk[446..512].Clear();
        disk[450] = 0x83;
        BinaryPrimitives.WriteUInt32LittleEndian(disk[454..], 64);
        BinaryPrimitives.WriteUInt32LittleEndian(disk[458..], 1000);
        (disk[510], disk[511]) = (0x55, 0xAA);
    }

    private static long Clusters(long bytes) => (bytes + ClusterSize - 1) / ClusterSize;
}
