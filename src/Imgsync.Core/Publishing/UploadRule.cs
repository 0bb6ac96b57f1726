using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Publishing;

/// <summary>Chooses the way (docs/uploads.md has the same rule in words).</summary>
public static class UploadRule
{
    public static UploadChoice Choose(UploadSituation situation) => situation.Wanted switch
    {
        _ when situation.ConvertTo is not null => Converting(situation),
        UploadMethod.Stream => new UploadChoice(UploadWay.Stream),
        UploadMethod.GlanceDirect when Offers(situation, GlanceImports.Direct) => new UploadChoice(UploadWay.GlanceDirect),
        UploadMethod.GlanceDirect => Otherwise(situation, "this cloud does not offer it"),
        UploadMethod.WebDownload when WhyNotFetched(situation) is { } why => Otherwise(situation, why),
        UploadMethod.WebDownload => new UploadChoice(UploadWay.WebDownload),
        _ => new UploadChoice(ByItself(situation)),
    };

    /// <summary>Whether the choice needs to know what the cloud offers.</summary>
    public static bool Asks(UploadMethod wanted, bool isForImport) =>
        wanted is UploadMethod.GlanceDirect or UploadMethod.WebDownload || (wanted is UploadMethod.Auto && isForImport);

    /// <summary>Why Glance cannot fetch what the publisher has published, as a half-sentence; null when it can.</summary>
    public static string? ObstacleOf(ResolvedImage image) => image switch
    {
        { Packing: not Packing.None } => "the publisher packs this image, so it is unpacked on its way",
        { ConvertTo: not null, MayBeConvertedByGlance: true } => null,
        { ConvertTo: { } format } => $"this cloud wants the image {format}, so it is converted on its way",
        { Signature: not null } => "this image's signature is over its bytes, which are checked on their way",
        _ => null,
    };

    /// <summary>An upload goes past the plugins of Glance's import.</summary>
    private static UploadChoice Converting(UploadSituation situation)
    {
        var why = WhyNotFetched(situation);
        var isDirect = Offers(situation, GlanceImports.Direct);
        return situation.Wanted switch
        {
            UploadMethod.Stream => ConvertedByUs("publish.upload is stream, which goes past the plugins of Glance's import"),
            UploadMethod.WebDownload when why is null => new UploadChoice(UploadWay.WebDownload),
            UploadMethod.WebDownload when isDirect => Instead(situation.Wanted, why, UploadWay.GlanceDirect),
            _ when isDirect => new UploadChoice(UploadWay.GlanceDirect),
            UploadMethod.GlanceDirect when why is null =>
                Instead(situation.Wanted, "this cloud does not offer it", UploadWay.WebDownload),
            _ when why is null => new UploadChoice(UploadWay.WebDownload),
            _ when Offers(situation, GlanceImports.Download) => ConvertedByUs($"this cloud offers no import but web-download, and {why}"),
            _ => ConvertedByUs("this cloud offers no import"),
        };
    }

    private static UploadChoice ConvertedByUs(string why) => new(
        UploadWay.Stream, $"publish.conversion is glance, but {why}: the image is converted by imgsync and uploaded instead.");

    /// <summary>Streams where that is allowed, whatever else is offered.</summary>
    private static UploadWay ByItself(UploadSituation situation) => situation switch
    {
        { UploadsAreRefused: false } => UploadWay.Stream,
        _ when Offers(situation, GlanceImports.Direct) => UploadWay.GlanceDirect,
        _ when WhyNotFetched(situation) is null => UploadWay.WebDownload,
        _ => UploadWay.Stream,
    };

    private static UploadChoice Otherwise(UploadSituation situation, string why) =>
        Instead(situation.Wanted, why, ByItself(situation with { Obstacle = situation.Obstacle ?? why }));

    private static UploadChoice Instead(UploadMethod wanted, string why, UploadWay way) =>
        new(way, $"publish.upload is {InWords(wanted)}, but {why}: the image {InWords(way)} instead.");

    private static string? WhyNotFetched(UploadSituation situation) =>
        situation.Obstacle ?? (Offers(situation, GlanceImports.Download) ? null : "this cloud does not offer it");

    private static bool Offers(UploadSituation situation, string method) => situation.Offered.Contains(method, StringComparer.Ordinal);

    private static string InWords(UploadMethod method) =>
        method is UploadMethod.GlanceDirect ? GlanceImports.Direct : GlanceImports.Download;

    private static string InWords(UploadWay way) => way switch
    {
        UploadWay.GlanceDirect => "is staged and imported (glance-direct)",
        UploadWay.WebDownload => "is fetched by Glance (web-download)",
        _ => "is uploaded",
    };
}

/// <summary>How an image's bytes get into Glance.</summary>
public enum UploadWay
{
    /// <summary>One body to <c>PUT /file</c>.</summary>
    Stream,

    /// <summary>One body to Glance's staging area, and an import from there.</summary>
    GlanceDirect,

    /// <summary>Glance fetches the staged blob.</summary>
    WebDownload,
}

/// <summary>All that a way is chosen by.</summary>
/// <param name="Wanted"><c>publish.upload</c>.</param>
/// <param name="Offered">The cloud's import methods.</param>
/// <param name="UploadsAreRefused">Whether the cloud has refused <c>PUT /file</c>.</param>
/// <param name="Obstacle">Why Glance cannot fetch this image by itself, as a half-sentence; null when it can.</param>
/// <param name="ConvertTo">The <c>disk_format</c> that Glance's import is to convert it to; null for nothing.</param>
public sealed record UploadSituation(
    UploadMethod Wanted, IReadOnlyCollection<string> Offered, bool UploadsAreRefused, string? Obstacle, string? ConvertTo = null)
{
    /// <param name="refused">Whether the cloud has refused <c>PUT /file</c>.</param>
    /// <param name="obstacle">Why Glance cannot fetch what is staged, whatever it is; null where it can.</param>
    /// <param name="ask">What the cloud offers, where that matters.</param>
    public static async Task<UploadSituation> OfAsync(
        ResolvedImage image, UploadMethod wanted, bool refused, string? obstacle, Func<Task<IReadOnlyList<string>>> ask)
    {
        var convertTo = image.MayBeConvertedByGlance ? image.ConvertTo : null;
        var offered = UploadRule.Asks(wanted, refused || convertTo is not null) ? await ask() : [];
        return new UploadSituation(wanted, offered, refused, UploadRule.ObstacleOf(image) ?? obstacle, convertTo);
    }

    /// <summary>What Glance's import converts the image to; null where it goes as it is, or as we have converted it.</summary>
    public string? ConvertedTo(UploadWay way) => way is UploadWay.Stream ? null : ConvertTo;
}

/// <param name="Warning">Why it is not the way that was asked for; null when it is.</param>
public sealed record UploadChoice(UploadWay Way, string? Warning = null);
