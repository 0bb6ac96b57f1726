using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Upstream;
using Imgsync.Testing;

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
        var choice = UploadRule.Choose(Situation(wanted, offers, obstacle));

        Assert.Equal(expected, choice.Way + (choice.Warning is null ? "" : "?"));
    }

    /// <summary>Wanted; what the cloud offers; why Glance cannot fetch; then who converts, by which way, and the warning.</summary>
    [Theory]
    [InlineData("Auto", "dw", null, "Glance GlanceDirect")]
    [InlineData("Auto", "d!", "x", "Glance GlanceDirect")]
    [InlineData("Auto", "w", null, "Glance WebDownload")]
    [InlineData("Auto", "w", "x", "imgsync Stream: publish.conversion is glance, but this cloud offers no import but web-download, and x")]
    [InlineData("Auto", "", null, "imgsync Stream: publish.conversion is glance, but this cloud offers no import")]
    [InlineData("Auto", "!", null, "imgsync Stream: publish.conversion is glance, but this cloud offers no import")]
    [InlineData("GlanceDirect", "dw", "x", "Glance GlanceDirect")]
    [InlineData("GlanceDirect", "w", null, "Glance WebDownload: publish.upload is glance-direct, but this cloud does not offer it")]
    [InlineData("GlanceDirect", "w", "x", "imgsync Stream: publish.conversion is glance, but this cloud offers no import but web-download, and x")]
    [InlineData("WebDownload", "dw", null, "Glance WebDownload")]
    [InlineData("WebDownload", "dw", "x", "Glance GlanceDirect: publish.upload is web-download, but x")]
    [InlineData("WebDownload", "d", null, "Glance GlanceDirect: publish.upload is web-download, but this cloud does not offer it")]
    [InlineData("WebDownload", "", null, "imgsync Stream: publish.conversion is glance, but this cloud offers no import")]
    [InlineData("Stream", "dw", null, "imgsync Stream: publish.conversion is glance, but publish.upload is stream, which goes past the plugins "
        + "of Glance's import")]
    public void What_Glance_is_to_convert_goes_by_its_import(string wanted, string offers, string? obstacle, string expected)
    {
        var situation = Situation(wanted, offers, obstacle) with { ConvertTo = "raw" };

        var choice = UploadRule.Choose(situation);

        var warning = choice.Warning is { } told ? $": {told[..told.LastIndexOf(": the image ", StringComparison.Ordinal)]}" : "";
        Assert.Equal(expected, $"{(situation.ConvertedTo(choice.Way) is "raw" ? "Glance" : "imgsync")} {choice.Way}{warning}");
    }

    /// <summary>What Glance is to convert is read and proven before, so that nothing has to be looked at on its way.</summary>
    [Fact]
    public async Task Glance_may_fetch_what_it_is_to_convert_and_a_cloud_is_asked_for_imports_even_if_it_takes_uploads()
    {
        var signed = TestImages.Debian12 with { ConvertTo = "raw", Signature = new ImageSignature([], [], "https://publisher.example/a.asc") };

        var byUs = await UploadSituation.OfAsync(signed, UploadMethod.Auto, refused: false, obstacle: null, Ask);
        var byGlance = await UploadSituation.OfAsync(
            signed with { MayBeConvertedByGlance = true }, UploadMethod.Auto, refused: false, obstacle: null, Ask);

        Assert.Equal((0, "this cloud wants the image raw, so it is converted on its way", null), (byUs.Offered.Count, byUs.Obstacle, byUs.ConvertTo));
        Assert.Equal((1, null, "raw"), (byGlance.Offered.Count, byGlance.Obstacle, byGlance.ConvertTo));

        static Task<IReadOnlyList<string>> Ask() => Task.FromResult<IReadOnlyList<string>>(["web-download"]);
    }

    private static UploadSituation Situation(string wanted, string offers, string? obstacle)
    {
        string[] methods =
        [
            .. offers.Contains('d', StringComparison.Ordinal) ? new[] { "glance-direct" } : [],
            .. offers.Contains('w', StringComparison.Ordinal) ? new[] { "web-download" } : [],
            "copy-image",
        ];
        return new UploadSituation(Enum.Parse<UploadMethod>(wanted), methods, offers.Contains('!', StringComparison.Ordinal), obstacle);
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
        var mark = ImportMark.Of(
            content, new DateTimeOffset(2024, 7, 17, 18, 11, 0, TimeSpan.Zero), link, convertTo: packed ? "raw" : null);

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
