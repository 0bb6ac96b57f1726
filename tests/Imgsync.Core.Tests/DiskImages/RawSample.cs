using System.Buffers.Binary;
using System.IO.Hashing;

namespace Imgsync.Core.Tests.DiskImages;

/// <summary>A raw disk of 1 MiB with one partition.</summary>
internal sealed class RawSample
{
    private const int EntryArray = 128 * 128;

    public byte[] Bytes { get; } = new byte[1 << 20];

    public static RawSample WithMbr() => new RawSample().Signed().Partition(0, 34, 2048 - 34);

    public static RawSample WithGpt(int sectorSize)
    {
        var sectors = (uint)((1 << 20) / sectorSize);
        var firstUsable = (uint)(2 + (EntryArray / sectorSize));
        var disk = new RawSample().Signed().Partition(0, 1, sectors - 1, 0xEE);
        "EFI PART"u8.CopyTo(disk.Bytes.AsSpan(sectorSize));
        return disk
            .UInt32(sectorSize + 8, 0x00010000).UInt32(sectorSize + 12, 92)
            .UInt32(sectorSize + 24, 1).UInt32(sectorSize + 32, sectors - 1)
            .UInt32(sectorSize + 40, firstUsable).UInt32(sectorSize + 48, sectors - 2)
            .UInt32(sectorSize + 72, 2).UInt32(sectorSize + 80, 128).UInt32(sectorSize + 84, 128)
            .UInt32(sectorSize * 2, 0x0FC63DAF)
            .UInt32((sectorSize * 2) + 32, firstUsable).UInt32((sectorSize * 2) + 40, sectors - 2)
            .SealEntries(sectorSize).SealHeader(sectorSize);
    }

    public RawSample Partition(int index, uint start, uint count, byte type = 0x83)
    {
        Bytes[446 + (index * 16) + 4] = type;
        return UInt32(446 + (index * 16) + 8, start).UInt32(446 + (index * 16) + 12, count);
    }

    public RawSample UInt32(int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(offset), value);
        return this;
    }

    public RawSample SealEntries(int sectorSize) =>
        UInt32(sectorSize + 88, Crc32.HashToUInt32(Bytes.AsSpan(sectorSize * 2, EntryArray)));

    public RawSample SealHeader(int sectorSize) =>
        UInt32(sectorSize + 16, 0).UInt32(sectorSize + 16, Crc32.HashToUInt32(Bytes.AsSpan(sectorSize, 92)));

    private RawSample Signed()
    {
        Bytes[510] = 0x55;
        Bytes[511] = 0xAA;
        return this;
    }
}
