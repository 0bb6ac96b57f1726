using System.Text;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.DiskImages;

public sealed class FormatTests
{
    [Theory]
    [Shows("an-image-of-another-format-is-refused-by-the-name-of-what-it-is")]
    [InlineData("QFI\u00FB\0\0\0\u0003", 0, "raw", "a qcow2 image")]
    [InlineData("KDMV", 0, "qcow2", "a VMDK image")]
    [InlineData("# Disk DescriptorFile\n", 0, "vmdk", "a VMDK descriptor")]
    [InlineData("COWD", 0, "vmdk", "an ESX sparse VMDK extent")]
    [InlineData("conectix", 0, "qcow2", "a VHD image")]
    [InlineData("vhdxfile", 0, "vhd", "a VHDX image")]
    [InlineData("\u007F\u0010\u00DA\u00BE", 0x40, "qcow2", "a VDI image")]
    [InlineData("CD001", 32769, "raw", "an ISO 9660 image")]
    [InlineData("QED\0", 0, "qcow2", "a QED image")]
    [InlineData("WithoutFreeSpace", 0, "qcow2", "a Parallels image")]
    [InlineData("LUKS\u00BA\u00BE", 0, "raw", "a LUKS encrypted volume")]
    [InlineData("\u001F\u008B", 0, "raw", "a gzip archive")]
    [InlineData("\u00FD7zXZ\0", 0, "qcow2", "an xz archive")]
    [InlineData("\u0028\u00B5\u002F\u00FD", 0, "qcow2", "a Zstandard archive")]
    [InlineData("BZh9", 0, "qcow2", "a bzip2 archive")]
    [InlineData("PK\u0003\u0004", 0, "qcow2", "a zip archive")]
    [InlineData("ustar", 257, "vmdk", "a tar archive")]
    [InlineData("hsqs", 0, "raw", "a SquashFS file system")]
    [InlineData("\u007FELF", 0, "raw", "an ELF program")]
    [InlineData("\u0055\u00AA", 510, "qcow2", "a raw disk")]
    [InlineData("", 0, "qcow2", "a file that begins with nothing but zeros")]
    [InlineData("?", 400, "qcow2", "a file of no format we know")]
    public void An_image_of_another_format_is_refused_by_the_name_of_what_it_is(
        string mark, int offset, string expectedFormat, string label)
    {
        var bytes = new byte[64 * 1024];
        Encoding.Latin1.GetBytes(mark, bytes.AsSpan(offset));

        var refusal = Inspection.RefusalOf(bytes, expectedFormat);

        Assert.StartsWith($"This is {label}, the catalogue says {expectedFormat}", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "an empty file")]
    [InlineData("\n<!DOCTYPE html><title>404</title>", "a web page or another markup text")]
    [InlineData("Too many requests\n", "a text")]
    public void An_error_page_in_the_images_place_is_called_what_it_is(string body, string label)
    {
        Assert.StartsWith($"This is {label},", Inspection.RefusalOf(Encoding.ASCII.GetBytes(body), "qcow2"), StringComparison.Ordinal);
        Assert.StartsWith($"This is {label},", Inspection.RefusalOf(Encoding.ASCII.GetBytes(body), "raw"), StringComparison.Ordinal);
    }

    [Fact]
    [Shows("an-image-of-two-formats-at-once-is-refused")]
    public void An_image_of_two_formats_at_once_is_refused()
    {
        var bytes = Qcow2Sample.Version3().Bytes;
        "CD001"u8.CopyTo(bytes.AsSpan(32769));

        var refusal = Inspection.RefusalOf(bytes, "qcow2");

        Assert.Contains("a qcow2 image and an ISO 9660 image at once", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("conectix", 0, "vhd")]
    [InlineData("CD001", 32769, "iso")]
    public void Another_format_that_the_catalogue_asks_for_is_matched_by_its_magic(string mark, int offset, string format)
    {
        var bytes = new byte[64 * 1024];
        Encoding.Latin1.GetBytes(mark, bytes.AsSpan(offset));

        var image = Inspection.Of(bytes, format);

        Assert.Equal((format, 64 * 1024), (image.Format, image.VirtualSize));
    }

    [Theory]
    [InlineData("")]
    [InlineData("QCOW2")]
    [InlineData("ami")]
    public void A_format_nobody_can_tell_by_its_bytes_is_never_accepted(string format) =>
        Assert.StartsWith("This is a qcow2 image", Inspection.RefusalOf(Qcow2Sample.Version3().Bytes, format), StringComparison.Ordinal);
}
