using Imgsync.Core.DiskImages;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.DiskImages;

public sealed class Qcow2RuleTests
{
    private const int Cluster = Qcow2Sample.ClusterSize;
    private const int Extensions = Qcow2Sample.Extensions;

    [Fact]
    public void The_virtual_size_of_both_versions_is_the_headers_and_min_disk_rounds_it_up()
    {
        Assert.Equal(new DiskImage("qcow2", Qcow2Sample.VirtualSize), Qcow2Sample.Version2().Inspect());
        Assert.Equal(new DiskImage("qcow2", Qcow2Sample.VirtualSize), Qcow2Sample.Version3().Inspect());
        Assert.Equal(3, Qcow2Sample.Version3().Inspect().MinDisk);
    }

    [Theory]
    [InlineData(1L, 1)]
    [InlineData(1L << 30, 1)]
    [InlineData((1L << 30) + 1, 2)]
    [InlineData(10L << 30, 10)]
    public void Min_disk_is_the_virtual_size_in_whole_gibibytes(long virtualSize, int minDisk) =>
        Assert.Equal(minDisk, new DiskImage("qcow2", virtualSize).MinDisk);

    [Theory]
    [Shows("a-header-field-out-of-bounds-is-refused-in-both-versions-by-name")]
    [InlineData(4, 1, "version 1")]
    [InlineData(4, 4, "version 4")]
    [InlineData(12, 512, "backing file")]
    [InlineData(16, 9, "backing file")]
    [InlineData(20, 8, "cluster_bits 8")]
    [InlineData(20, 22, "cluster_bits 22")]
    [InlineData(20, 0xFFFFFFFF, "cluster_bits 4294967295")]
    [InlineData(24, 0x80000000, "announces a disk")]
    [InlineData(32, 1, "encrypted (crypt_method 1)")]
    [InlineData(32, 2, "encrypted (crypt_method 2)")]
    [InlineData(36, 0, "L1 table has 0 bytes")]
    [InlineData(36, 4, "too small for its disk")]
    [InlineData(36, 0xFFFFFFFF, "L1 table has 34359738360 bytes")]
    [InlineData(44, 0, "L1 table begins at 0")]
    [InlineData(44, (Cluster * 3) + 8, "L1 table begins at 196616")]
    [InlineData(44, Cluster * 4, "L1 table ends beyond")]
    [InlineData(40, 0xFFFFFFFF, "L1 table ends beyond")]
    [InlineData(44, Cluster, "tables overlap")]
    [InlineData(52, 0, "refcount table begins at 0")]
    [InlineData(52, 512, "refcount table begins at 512")]
    [InlineData(52, Cluster * 4, "refcount table ends beyond")]
    [InlineData(56, 0, "refcount table has 0 bytes")]
    [InlineData(56, 129, "refcount table has")]
    [InlineData(60, 1, "1 internal snapshots")]
    [InlineData(64, 0x80000000, "snapshot table begins at")]
    [InlineData(68, 512, "snapshot table begins at 512")]
    public void A_header_field_out_of_bounds_is_refused_in_both_versions_by_name(int offset, uint value, string rule)
    {
        Inspection.IsRefused(Qcow2Sample.Version2().UInt32(offset, value).Bytes, "qcow2", rule);
        Inspection.IsRefused(Qcow2Sample.Version3().UInt32(offset, value).Bytes, "qcow2", rule);
    }

    [Theory]
    [InlineData(76, 1, "dirty bit")]
    [InlineData(76, 2, "marked corrupt")]
    [InlineData(76, 4, "external data file")]
    [InlineData(76, 8, "contradict each other")]
    [InlineData(76, 16, "extended L2")]
    [InlineData(76, 32, "unknown feature")]
    [InlineData(72, 0x80000000, "unknown feature")]
    [InlineData(92, 1, "dirty bitmaps")]
    [InlineData(92, 2, "external data file")]
    [InlineData(96, 7, "refcount_order 7")]
    [InlineData(100, 0, "header_length 0")]
    [InlineData(100, 96, "header_length 96")]
    [InlineData(100, 108, "header_length 108")]
    [InlineData(100, Cluster + 8, "header_length 65544")]
    [InlineData(104, 0x01000000, "contradict each other")]
    [InlineData(104, 0x02000000, "compression type 2")]
    public void A_version_3_field_out_of_bounds_is_refused_by_name(int offset, uint value, string rule) =>
        Inspection.IsRefused(Qcow2Sample.Version3().UInt32(offset, value).Bytes, "qcow2", rule);

    [Theory]
    [Shows("a-header-extension-that-is-unsafe-or-leaves-the-first-cluster-is-refused")]
    [InlineData(0x44415441, 8, "names an external data file")]
    [InlineData(0xE2792ACA, 5, "format of a backing file")]
    [InlineData(0x0537BE77, 16, "encryption header")]
    [InlineData(0x23852875, 24, "dirty bitmaps")]
    [InlineData(0x12345678, 0x80000000, "0x12345678 of 2147483648 bytes leaves the first 65536")]
    [InlineData(0x12345678, 0xFFFFFFFF, "0x12345678 of 4294967295 bytes leaves the first 65536")]
    [InlineData(0x12345678, Cluster - Extensions - 8, "do not end within its first 65536 bytes")]
    [InlineData(0x12345678, Cluster - Extensions - 16 + 1, "do not end within its first 65536 bytes")]
    public void A_header_extension_that_is_unsafe_or_leaves_the_first_cluster_is_refused(uint type, uint length, string rule)
    {
        var sample = Qcow2Sample.Version3().UInt32(Extensions, type).UInt32(Extensions + 4, length);

        Inspection.IsRefused(sample.Bytes, "qcow2", rule);
    }

    [Fact]
    public void An_unsafe_extension_is_found_behind_others_and_in_version_2_too()
    {
        var behind = Qcow2Sample.Version3().UInt32(Extensions + 56, 0x44415441).UInt32(Extensions + 60, 1);
        var version2 = Qcow2Sample.Version2().UInt32(72, 0x44415441).UInt32(76, 1);

        Inspection.IsRefused(behind.Bytes, "qcow2", "external data file");
        Inspection.IsRefused(version2.Bytes, "qcow2", "external data file");
    }

    [Fact]
    public void An_unknown_extension_that_fits_is_ignored_as_the_specification_allows()
    {
        var sample = Qcow2Sample.Version3().UInt32(Extensions, 0x12345678).UInt32(Extensions + 4, Cluster - Extensions - 16);

        Assert.Equal(Qcow2Sample.VirtualSize, sample.Inspect().VirtualSize);
    }

    [Fact]
    public void Zstandard_compression_is_accepted_with_its_feature_bit() =>
        Assert.Equal(Qcow2Sample.VirtualSize, Qcow2Sample.Version3().UInt32(76, 8).UInt32(104, 0x01000000).Inspect().VirtualSize);

    [Fact]
    public void A_disk_over_the_cap_is_refused_and_one_of_exactly_the_cap_is_not()
    {
        var bytes = Qcow2Sample.Version3().Bytes;

        var refusal = Assert.Throws<DiskImageException>(
            () => Inspection.Of(bytes, "qcow2", maxVirtualSize: Qcow2Sample.VirtualSize - 1));

        Assert.Contains($"over the allowed {Qcow2Sample.VirtualSize - 1} bytes", refusal.Message, StringComparison.Ordinal);
        Inspection.Of(bytes, "qcow2", maxVirtualSize: Qcow2Sample.VirtualSize);
    }

    [Fact]
    public void A_disk_of_no_bytes_is_refused() =>
        Inspection.IsRefused(Qcow2Sample.Version3().UInt64(24, 0).Bytes, "qcow2", "announces a disk of 0 bytes");

    [Fact]
    public void An_image_cut_short_in_its_header_or_before_its_tables_is_refused()
    {
        var bytes = Qcow2Sample.Version3().Bytes;

        Inspection.IsRefused(bytes.AsSpan(0, 100), "qcow2", "inside its header");
        Inspection.IsRefused(bytes.AsSpan(0, (Cluster * 3) + 39), "qcow2", "L1 table ends beyond");
        Inspection.Of(bytes.AsSpan(0, (Cluster * 3) + 40), "qcow2");
    }
}
