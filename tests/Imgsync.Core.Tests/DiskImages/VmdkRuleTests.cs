using System.Buffers.Binary;
using Imgsync.Core.DiskImages;

namespace Imgsync.Core.Tests.DiskImages;

public sealed class VmdkRuleTests
{
    [Theory]
    [InlineData("streamOptimized")]
    [InlineData("monolithicSparse")]
    public void A_vmdk_that_stands_alone_is_accepted_where_the_catalogue_says_so(string kind) =>
        Assert.Equal(new DiskImage("vmdk", 1 << 20), Inspection.Of(VmdkSample.OfKind(kind), "vmdk"));

    [Theory]
    [InlineData("createType=\"monolithicFlat\"\nRW 2048 FLAT \"/etc/passwd\" 0\n")]
    [InlineData("createType=\"vmfs\"\n")]
    [InlineData("createType=\"monolithicFlat\"\ncreateType=\"streamOptimized\"\n")]
    [InlineData("createType=\"streamOptimized\"\ncreateType=\"monolithicFlat\"\n")]
    [InlineData("createType=\"streamOptimized")]
    [InlineData("")]
    public void A_vmdk_that_may_name_other_files_is_refused(string descriptor) =>
        Inspection.IsRefused(VmdkSample.WithDescriptor(descriptor), "vmdk", "not of a kind that stands alone");

    [Theory]
    [InlineData(12, 0UL, "announces a disk of 0 sectors")]
    [InlineData(12, ulong.MaxValue, "announces a disk of 18446744073709551615 sectors")]
    [InlineData(12, 1UL << 32, "over the allowed")]
    [InlineData(28, 0UL, "no descriptor")]
    [InlineData(28, 128UL, "no descriptor")]
    [InlineData(28, ulong.MaxValue, "no descriptor")]
    [InlineData(36, 128UL, "no descriptor")]
    [InlineData(36, ulong.MaxValue, "no descriptor")]
    public void A_vmdk_header_out_of_bounds_is_refused(int offset, ulong value, string rule)
    {
        var bytes = VmdkSample.OfKind("streamOptimized");
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), value);

        Inspection.IsRefused(bytes, "vmdk", rule);
    }
}
