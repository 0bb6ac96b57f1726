using System.Buffers.Binary;
using Imgsync.Core.DiskImages;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.DiskImages;

/// <summary>Whatever the bytes are, the inspector answers or refuses: it never crashes, hangs or swallows memory.</summary>
public sealed class HostileInputTests
{
    private const long MaxAllocation = 1 << 20;
    private static readonly string[] Formats = ["qcow2", "raw", "vmdk", "vhd", "vhdx", "vdi", "iso", "ami"];

    public static TheoryData<string> SampleNames => [.. Samples.Keys];

    private static Dictionary<string, byte[]> Samples { get; } = new(StringComparer.Ordinal)
    {
        ["qcow2 version 2"] = Qcow2Sample.Version2().Bytes,
        ["qcow2 version 3"] = Qcow2Sample.Version3().Bytes,
        ["vmdk"] = VmdkSample.OfKind("streamOptimized"),
        ["raw with MBR"] = RawSample.WithMbr().Bytes,
        ["raw with GPT"] = RawSample.WithGpt(512).Bytes,
        ["raw with GPT of 4096 byte sectors"] = RawSample.WithGpt(4096).Bytes,
    };

    [Property(MaxTest = 2000)]
    [Shows("random-bytes-are-answered-or-refused")]
    public void Random_bytes_are_answered_or_refused(byte[] bytes)
    {
        foreach (var format in Formats)
            Survives(bytes, format);
    }

    [Property(MaxTest = 500)]
    [Shows("a-valid-head-with-random-damage-is-answered-or-refused")]
    public void A_valid_head_with_random_damage_is_answered_or_refused(byte choice, (ushort Offset, byte Value)[] damage, ushort cut)
    {
        var bytes = Samples.Values.ElementAt(choice % Samples.Count).ToArray();
        foreach (var (offset, value) in damage)
            bytes[offset % 2 == 0 ? offset % 512 : offset] = value; // half of it where the fields are

        foreach (var format in Formats)
        {
            Survives(bytes, format);
            Survives(bytes.AsSpan(0, int.Min(cut, bytes.Length)), format);
        }
    }

    [Theory]
    [MemberData(nameof(SampleNames))]
    public void Every_field_of_a_valid_head_at_every_edge_value_is_answered_or_refused(string sample)
    {
        ulong[] edges = [0, 1, 0x80, 0xFFFF, int.MaxValue, 1U << 31, uint.MaxValue, long.MaxValue, 1UL << 63, ulong.MaxValue];
        var bytes = Samples[sample].ToArray();
        var format = sample.Split(' ')[0];
        var isBigEndian = string.Equals(format, "qcow2", StringComparison.Ordinal);

        foreach (var (start, end) in new[] { (0, 176), (440, 512), (512, 608), (1024, 1072), (4096, 4192), (8192, 8240) })
        {
            for (var offset = start; offset < end; offset++)
            {
                var kept = BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(offset));
                foreach (var edge in edges)
                {
                    if (isBigEndian)
                        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(offset), edge);
                    else
                        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), (uint)edge);
                    Survives(bytes, format);
                    BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(offset), kept);
                }
            }
        }
    }

    [Fact]
    public void A_chain_of_as_many_extensions_as_fit_ends()
    {
        var sample = Qcow2Sample.Version3();
        for (var offset = Qcow2Sample.Extensions; offset < Qcow2Sample.ClusterSize; offset += 8)
            sample.UInt32(offset, 0x12345678).UInt32(offset + 4, 0);

        Inspection.IsRefused(sample.Bytes, "qcow2", "do not end");
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void A_length_no_file_has_is_survived(long totalLength)
    {
        var inspector = new DiskImageInspector();
        inspector.Append(RawSample.WithGpt(512).Bytes);

        foreach (var format in Formats)
            Assert.Throws<DiskImageException>(() => inspector.Conclude(totalLength, format));
    }

    private static void Survives(ReadOnlySpan<byte> bytes, string format)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var image = Inspection.Of(bytes, format);
            Assert.Equal(format, image.Format);
            Assert.InRange(image.VirtualSize, 1, DiskImageInspector.MaxVirtualSize);
            Assert.InRange(image.MinDisk, 1, 1024);
        }
        catch (DiskImageException refusal)
        {
            Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocation);
    }
}
