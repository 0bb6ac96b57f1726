using Imgsync.Core.DiskImages;

namespace Imgsync.Core.Tests.DiskImages;

public sealed class RawDiskTests
{
    [Fact]
    public void A_disk_with_a_master_boot_record_is_as_large_as_its_file()
    {
        var disk = RawSample.WithMbr();

        Assert.Equal(new DiskImage("raw", disk.Bytes.Length), Inspection.Of(disk.Bytes, "raw"));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void A_disk_with_a_guid_partition_table_is_accepted_for_both_sector_sizes(int sectorSize)
    {
        var disk = RawSample.WithGpt(sectorSize);

        Assert.Equal(new DiskImage("raw", disk.Bytes.Length), Inspection.Of(disk.Bytes, "raw"));
    }

    [Theory]
    [InlineData(446, 0x41, "boot flag 0x41")]
    [InlineData(462, 0x20, "boot flag 0x20")]
    [InlineData(450, 0, "empty partition table")]
    [InlineData(454, 0, "lies at sectors 0 to")]
    [InlineData(461, 0x7F, "of 2048")]
    [InlineData(450, 0xEE, "no GPT behind it")]
    [InlineData(510, 0, "the catalogue says raw")]
    public void A_partition_table_that_makes_no_sense_is_refused(int offset, byte value, string rule)
    {
        var disk = RawSample.WithMbr();
        disk.Bytes[offset] = value;

        Inspection.IsRefused(disk.Bytes, "raw", rule);
    }

    [Fact]
    public void Overlapping_partitions_are_refused() =>
        Inspection.IsRefused(RawSample.WithMbr().Partition(1, 512, 64).Bytes, "raw", "partition 2 overlaps");

    [Fact]
    public void A_disk_cut_short_is_refused()
    {
        var bytes = RawSample.WithMbr().Bytes;

        Inspection.IsRefused(bytes.AsSpan(0, bytes.Length - 1), "raw", "no whole number of sectors");
        Inspection.IsRefused(bytes.AsSpan(0, bytes.Length - 512), "raw", "cut short");
        Inspection.IsRefused(RawSample.WithGpt(512).Bytes.AsSpan(0, 1 << 19), "raw", "usable sectors");
    }

    [Theory]
    [InlineData(12, 91, "a header of 91 bytes")]
    [InlineData(12, 513, "a header of 513 bytes")]
    [InlineData(24, 2, "belongs elsewhere")]
    [InlineData(40, 5000, "usable sectors 5000 to")]
    [InlineData(48, 2048, "usable sectors 34 to 2048")]
    [InlineData(72, 1, "entries at sector 1")]
    [InlineData(72, 2048, "entries at sector 2048")]
    [InlineData(80, 0, "0 entries")]
    [InlineData(80, 1025, "1025 entries")]
    [InlineData(84, 64, "entries of 64 bytes")]
    [InlineData(84, 192, "entries of 192 bytes")]
    [InlineData(88, 0, "entries that their checksum contradicts")]
    public void A_gpt_header_out_of_bounds_is_refused_even_with_a_right_checksum(int offset, uint value, string rule)
    {
        var disk = RawSample.WithGpt(512).UInt32(512 + offset, value).SealHeader(512);

        Inspection.IsRefused(disk.Bytes, "raw", rule);
    }

    [Theory]
    [InlineData(0, 0u, "no partition")]
    [InlineData(32, 33u, "a partition at sectors 33 to")]
    [InlineData(40, 2047u, "a partition at sectors 34 to 2047")]
    public void A_gpt_entry_that_makes_no_sense_is_refused_even_with_right_checksums(int offset, uint value, string rule)
    {
        var disk = RawSample.WithGpt(512).UInt32(1024 + offset, value).SealEntries(512).SealHeader(512);

        Inspection.IsRefused(disk.Bytes, "raw", rule);
    }

    [Theory]
    [InlineData(60, "its own checksum contradicts")]
    [InlineData(512 + 60, "entries that their checksum contradicts")]
    public void A_flipped_bit_in_the_gpt_is_refused(int offset, string rule)
    {
        var disk = RawSample.WithGpt(512);
        disk.Bytes[512 + offset] ^= 1;

        Inspection.IsRefused(disk.Bytes, "raw", rule);
    }
}
