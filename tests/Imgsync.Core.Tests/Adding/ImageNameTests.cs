using Imgsync.Core.Adding;
using Imgsync.Core.Catalog;

namespace Imgsync.Core.Tests.Adding;

/// <summary>What a name tells by itself.</summary>
public sealed class ImageNameTests
{
    [Theory]
    [InlineData("AlmaLinux-9-GenericCloud-9.8-20260526.0.x86_64.qcow2", "AlmaLinux 9 GenericCloud", Architecture.Amd64, "9.8-20260526.0", true, "9")]
    [InlineData("debian-12-genericcloud-arm64-20240717-1811.qcow2", "Debian 12 genericcloud", Architecture.Arm64, "20240717-1811", true, "12")]
    [InlineData("debian-12-genericcloud-amd64.qcow2", "Debian 12 genericcloud", Architecture.Amd64, "12", false, "12")]
    [InlineData("Fedora-Cloud-Base-Generic-44-1.7.aarch64.qcow2", "Fedora Cloud Base Generic", Architecture.Arm64, "44-1.7", true, "44")]
    [InlineData("openSUSE-Leap-15.6.x86_64-1.0.0-NoCloud-Build3.100.qcow2", "OpenSUSE Leap 15.6", Architecture.Amd64, "1.0.0", true, "15.6")]
    [InlineData("acme-v1.4.3.img", "Acme", null, "1.4.3", true, "1.4.3")]
    [InlineData("CentOS-Stream-GenericCloud-x86_64-9-20240715.0.x86_64.qcow2", "CentOS Stream GenericCloud", Architecture.Amd64, "9-20240715.0", true, "9")]
    [InlineData("golden.qcow2", "Golden", null, null, false, null)]
    [InlineData("20240101.raw", "20240101", null, "20240101", true, "20240101")]
    [InlineData("Image_ppc64le.vmdk", "Image", Architecture.Ppc64El, null, false, null)]
    public void A_name_tells_title_architecture_and_revision(
        string file, string title, Architecture? architecture, string? revision, bool isStamped, string? version)
    {
        var name = new ImageName(file);

        Assert.Equal((title, architecture, revision, isStamped, version), (name.Title, name.Architecture, name.Revision, name.IsStamped, name.Version));
    }

    [Fact]
    public void A_pattern_of_a_revision_has_as_many_numbers_and_a_day_where_it_has_one()
    {
        var name = new ImageName("AlmaLinux-9-GenericCloud-9.8-20260526.0.x86_64.qcow2");

        Assert.Equal(
            ("AlmaLinux-9-GenericCloud-{revision}.x86_64.qcow2", @"[0-9]+(\.[0-9]+)*-[0-9]{8}(\.[0-9]+)*"), (name.Template, name.Pattern));
    }
}
