using System.Buffers.Binary;
using Imgsync.Core.DiskImages;

namespace Imgsync.Core.Tests.DiskImages;

/// <summary>A small qcow2 image as publishers make them: four clusters of 64 KiB, an empty disk of 2 GiB and a bit.</summary>
internal sealed class Qcow2Sample
{
    public const int ClusterSize = 64 * 1024;
    public const long VirtualSize = (2L << 30) + 4096;
    public const int Extensions = 112;

    public byte[] Bytes { get; } = new byte[ClusterSize * 4];

    public static Qcow2Sample Version3()
    {
        var sample = Version2();
        return sample.UInt32(4, 3).UInt32(96, 4).UInt32(100, Extensions)
            .UInt32(Extensions, 0x6803F857).UInt32(Extensions + 4, 48); // the feature name table; the end mark behind it is zeros
    }

    public static Qcow2Sample Version2() => new Qcow2Sample()
        .UInt32(0, 0x514649FB).UInt32(4, 2).UInt32(20, 16)
        .UInt64(24, (ulong)VirtualSize)
        .UInt32(36, 5).UInt64(40, ClusterSize * 3)
        .UInt64(48, ClusterSize).UInt32(56, 1);

    public Qcow2Sample UInt32(int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Bytes.AsSpan(offset), value);
        return this;
    }

    public Qcow2Sample UInt64(int offset, ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Bytes.AsSpan(offset), value);
        return this;
    }

    public DiskImage Inspect() => Inspection.Of(Bytes, "qcow2");
}
