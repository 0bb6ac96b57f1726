using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Publishing.Forms;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Publishing;

public sealed class ImageFormTests
{
    private static readonly GlanceStore Ceph = new("ceph", "rbd", IsDefault: false);
    private static readonly GlanceStore Folder = new("file", "file", IsDefault: true);
    private static readonly GlanceStore Untold = new("ceph", Type: null, IsDefault: true);

    /// <summary>What is wanted, what the publisher has, the stores that images go to, and what the cloud has: then what comes of it.
    /// </summary>
    public static TheoryData<ImageFormat, string, string, GlanceStore[], string> Rows => new()
    {
        { ImageFormat.AsPublished, "qcow2", "", [], "qcow2" },
        { ImageFormat.AsPublished, "raw", "", [], "raw" },
        { ImageFormat.Qcow2, "qcow2", "", [], "qcow2" },
        { ImageFormat.Qcow2, "raw", "", [], "raw: raw as it is published, because nothing is converted to qcow2" },
        { ImageFormat.Raw, "qcow2", "", [], "raw, converted: converted to raw from qcow2" },
        { ImageFormat.Raw, "raw", "", [], "raw: raw as it is published" },
        { ImageFormat.Raw, "raw.xz", "", [], "raw: raw as it is published" },
        { ImageFormat.Raw, "qcow2.xz", "", [], "qcow2: qcow2 as it is published, because an image that is packed as xz is not converted" },
        { ImageFormat.Raw, "vmdk", "", [], "vmdk: vmdk as it is published, because only qcow2 is converted to raw" },
        { ImageFormat.AsPublished, "qcow2+raw", "", [], "qcow2" },
        { ImageFormat.Qcow2, "qcow2+raw", "", [], "qcow2" },
        { ImageFormat.Raw, "qcow2+raw", "", [], Own },
        { ImageFormat.Raw, "qcow2.xz+raw.xz", "", [], Own },
        { ImageFormat.Raw, "vmdk+raw", "", [], Own },
        { ImageFormat.Auto, "qcow2+raw", "", [Ceph], Own },
        { ImageFormat.Auto, "qcow2+raw", "file", [Folder, Ceph], "qcow2" },
        { ImageFormat.Auto, "qcow2+raw", "", [], NotTold },
        { ImageFormat.Auto, "qcow2", "", [Folder, Ceph], "qcow2" },
        { ImageFormat.Auto, "qcow2", "ceph", [Folder, Ceph], "raw, converted: converted to raw from qcow2" },
        { ImageFormat.Auto, "qcow2", "file,ceph", [Folder, Ceph], "raw, converted: converted to raw from qcow2" },
        { ImageFormat.Auto, "qcow2", "", [Ceph with { IsDefault = true }, Folder with { IsDefault = false }],
            "raw, converted: converted to raw from qcow2" },
        { ImageFormat.Auto, "qcow2", "", [Ceph], "raw, converted: converted to raw from qcow2" },
        { ImageFormat.Auto, "raw", "", [Ceph], "raw: raw as it is published" },
        { ImageFormat.Auto, "qcow2", "", [], NotTold },
        { ImageFormat.Auto, "qcow2", "", [Untold], NotTold },
        { ImageFormat.Auto, "qcow2", "elsewhere", [Folder], NotTold },
    };

    private const string Own = "raw: raw, the publisher's own file";

    private static string NotTold => "any: qcow2 as it is published, because the cloud does not tell us what kind its store is: set "
        + "publish.diskFormat for it";

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_image_gets_the_form_that_is_wanted_where_there_is_a_way_to_it(
        ImageFormat wanted, string published, string stores, GlanceStore[] known, string expected)
    {
        var publish = new PublishOptions { DiskFormat = wanted, Stores = stores.Split(',', StringSplitOptions.RemoveEmptyEntries) };
        var files = published.Split('+');
        var offer = TestImages.Debian12 with
        {
            DiskFormat = files[0].Split('.')[0],
            Packing = Packings.OfFile(files[0]),
            Other = files is [_, var raw] ? TestImages.Debian12Raw with { Packing = Packings.OfFile(raw) } : null,
        };

        var form = ImageForm.Of(publish, offer, known);

        Assert.Equal(
            expected,
            $"{form.Wanted ?? "any"}{(form.Offer.ConvertTo is null ? "" : ", converted")}{(form.Way is null ? "" : $": {form.Way}")}");
        Assert.Equal(expected is Own ? offer.WithOther() : offer with { ConvertTo = form.Offer.ConvertTo }, form.Offer);
    }

    [Fact]
    public void The_other_file_takes_the_place_of_the_first_which_is_then_the_other()
    {
        var offer = TestImages.Debian12 with { Other = TestImages.Debian12Raw };

        var raw = offer.WithOther();

        Assert.Equal(
            (TestImages.Debian12Raw.Location, TestImages.Debian12Raw.OfficialLocation, "raw", TestImages.Debian12Raw.Digest, offer.Revision),
            (raw.Location, raw.OfficialLocation, raw.DiskFormat, raw.Digest, raw.Revision));
        Assert.Equal(offer, raw.WithOther());
        Assert.Same(TestImages.Debian12, TestImages.Debian12.WithOther());
    }

    [Fact]
    public void What_Glance_converts_has_the_same_form_by_another_way()
    {
        var form = ImageForm.Of(new PublishOptions { DiskFormat = ImageFormat.Raw }, TestImages.Debian12, []);

        Assert.Equal(form with { Way = "converted to raw by Glance" }, form.ByGlance());
    }

    [Theory]
    [InlineData("raw", "raw", true)]
    [InlineData("raw", "qcow2", false)]
    [InlineData("raw", null, true)]
    [InlineData(null, "qcow2", true)]
    public void An_image_that_stands_will_do_where_it_has_that_form(string? wanted, string? has, bool will) =>
        Assert.Equal(
            will, new ImageForm(TestImages.Debian12, wanted, Way: null).Suits(new GlanceImage { Id = "1", Status = "active", DiskFormat = has }));

    [Theory]
    [InlineData(ImageFormat.Raw, "qcow2", "qcow2", ImageFormat.Raw)]
    [InlineData(ImageFormat.Raw, "raw", "qcow2", null)]
    [InlineData(ImageFormat.Qcow2, "raw", "raw", ImageFormat.Qcow2)]
    [InlineData(ImageFormat.Qcow2, "qcow2", "qcow2", null)]
    [InlineData(ImageFormat.AsPublished, "raw", "qcow2", ImageFormat.AsPublished)]
    [InlineData(ImageFormat.AsPublished, "raw", "raw", null)]
    [InlineData(ImageFormat.Auto, "qcow2", "qcow2", null)]
    [InlineData(ImageFormat.Raw, null, "qcow2", null)]
    public void What_is_wanted_instead_of_an_image_that_stands_is_known_without_its_cloud_but_for_auto(
        ImageFormat wanted, string? standing, string published, ImageFormat? instead) =>
        Assert.Equal(instead, ImageForm.WantedInstead(wanted, standing, published));

    [Theory]
    [InlineData("raw", "debian-12.qcow2", "unpacked_sha512", "qcow2")]
    [InlineData("raw", "noble-server.img", "unpacked_sha256", "qcow2")]
    [InlineData("raw", "debian-12.raw", null, null)]
    [InlineData("raw", "FreeBSD-14.raw.xz", "unpacked_sha512", null)]
    [InlineData("raw", "disk.tgz", "unpacked_sha512", null)]
    [InlineData("raw", "raw-behind-another-name.qcow2", null, null)]
    [InlineData("qcow2", "FreeBSD-14.qcow2", "unpacked_sha512", null)]
    [InlineData("raw", null, "unpacked_sha512", null)]
    public void An_images_marks_say_whether_it_was_converted(string format, string? file, string? mark, string? from)
    {
        var marks = new Dictionary<string, string>(StringComparer.Ordinal);
        if (file is not null)
            marks[ImageMarks.Url] = $"https://publisher.example/1/{file}";
        if (mark is not null)
            marks[$"imgsync.{mark}"] = new string('a', 128);

        Assert.Equal(
            from, ImageMarks.ConvertedFrom(new GlanceImage { Id = "1", Status = "active", DiskFormat = format, Properties = marks }));
    }
}
