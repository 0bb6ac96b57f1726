using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;

namespace Imgsync.Core.Tests.Publishing;

/// <summary>Which way an image goes into Glance, and what is written on it meanwhile.</summary>
public sealed class UploadRuleTests
{
    /// <summary>Wanted; what the cloud offers (d glance-direct, w web-download), ! where it refuses uploads; why Glance cannot fetch;
    /// the way, ? with a warning.</summary>
    [Theory]
    [InlineData("Auto", "dw", null, "Stream")]
    [InlineData("Auto", "", "x", "Stream")]
    [InlineData("Auto", "dw!", null, "GlanceDirect")]
    [InlineData("Auto", "d!", "x", "GlanceDirect")]
    [InlineData("Auto", "w!", null, "WebDownload")]
    [InlineData("Auto", "w!", "x", "Stream")]
    [InlineData("Auto", "!", null, "Stream")]
    [InlineData("Stream", "dw", null, "Stream")]
    [InlineData("Stream", "dw!", null, "Stream")]
    [InlineData("GlanceDirect", "dw", null, "GlanceDirect")]
    [InlineData("GlanceDirect", "w", null, "Stream?")]
    [InlineData("GlanceDirect", "", null, "Stream?")]
    [InlineData("GlanceDirect", "w!", null, "Stream?")]
    [InlineData("WebDownload", "dw", null, "WebDownload")]
    [InlineData("WebDownload", "dw!", null, "WebDownload")]
    [InlineData("WebDownload", "dw", "x", "Stream?")]
    [InlineData("WebDownload", "dw!", "x", "GlanceDirect?")]
    [InlineData("WebDownload", "d", null, "Stream?")]
    [InlineData("WebDownload", "d!", null, "GlanceDirect?")]
    [InlineData("WebDownload", "!", "x", "Stream?")]
    public void An_image_goes_the_way_that_the_cloud_and_the_settings_allow(string wanted, string offers, string? obstacle, string expected)
    {
        string[] methods =
        [
            .. offers.Contains('d', StringComparison.Ordinal) ? new[] { "glance-direct" } : [],
            .. offers.Contains('w', StringComparison.Ordinal) ? new[] { "web-download" } : [],
            "copy-image",
        ];

        var choice = UploadRule.Choose(new UploadSituation(
            Enum.Parse<UploadMethod>(wanted), methods, offers.Contains('!', StringComparison.Ordinal), obstacle));

        Assert.Equal(expected, choice.Way + (choice.Warning is null ? "" : "?"));
    }

    [Fact]
    public void A_warning_says_what_was_asked_for_why_not_and_what_is_done_instead()
    {
        var choice = UploadRule.Choose(
            new UploadSituation(UploadMethod.WebDownload, ["web-download"], UploadsAreRefused: false, "images are staged in a folder"));

        Assert.Equal("publish.upload is web-download, but images are staged in a folder: the image is uploaded instead.", choice.Warning);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "2024-07-17T18:11:00.0000000Z")]
    public void What_an_import_must_bring_can_be_read_from_the_image_again(bool packed, string? link)
    {
        var facts = new ContentFacts(3, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64]));
        var content = new VerifiedContent(facts, new DiskImage("qcow2", (2L << 30) + 1), packed ? facts with { Length = 2 } : null);
        var mark = ImportMark.Of(content, new DateTimeOffset(2024, 7, 17, 18, 11, 0, TimeSpan.Zero), link);

        var read = ImportMark.Of(Marked(mark.ToString()));

        Assert.Equal(mark, read);
        Assert.Equal((3, content.Published.Length), (read!.ToContent().Disk.MinDisk, read.ToContent().Published.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("since=yesterday content=3,00,00 min_disk=1")]
    [InlineData("since=2024-07-17T18:11:00Z min_disk=1")]
    [InlineData("= == since content")]
    public void What_nobody_of_us_has_written_is_no_mark(string text) => Assert.Null(ImportMark.Of(Marked(text)));

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(10, 5)]
    [InlineData(100000, 60)]
    public void Looks_become_rarer(double seconds, double wait)
    {
        var since = new DateTimeOffset(2024, 7, 17, 18, 11, 0, TimeSpan.Zero);
        var facts = new ContentFacts(3, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64]));

        Assert.Equal(TimeSpan.FromSeconds(wait), GlanceImport.Wait(new ImportMark(since, facts, null, 1), since.AddSeconds(seconds)));
    }

    private static GlanceImage Marked(string text) => new()
    {
        Id = "i",
        Status = "importing",
        Properties = new Dictionary<string, string>(StringComparer.Ordinal) { [ImportMark.Name] = text },
    };
}
