using System.Text.Json.Serialization;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Upstream;

namespace Imgsync.Cli.Commands.Status;

/// <summary>An image of ours, compared with all that says what it is.</summary>
/// <param name="Result"><c>verified</c>, <c>mismatch</c>, <c>unreadable</c> where its content was to be read back and did not come, or
/// <c>unknown</c> where there is nothing to compare with.</param>
/// <param name="Finding">What was compared, and how it came out.</param>
internal sealed record VerifiedImage(
    string Cloud, string? Distribution, string? Revision, string Id, string Name, string Result, string Finding)
{
    public const string Verified = "verified";
    public const string Mismatch = "mismatch";
    public const string Unreadable = "unreadable";
    public const string Unknown = "unknown";

    /// <summary>What Glance handed out; null where nobody asked for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContentFacts? Content { get; init; }

    [JsonIgnore]
    public bool IsGood => Result is Verified;

    /// <summary>Its marks, what Glance says that it holds, and what the publisher lists, compared.</summary>
    /// <param name="offer">The publisher's newest; null where it is not known.</param>
    public static VerifiedImage Of(string cloud, GlanceImage image, ResolvedImage? offer)
    {
        var (result, finding) = Judge(image, offer);
        return new VerifiedImage(
            cloud, ImageMarks.DistributionOf(image), image.Properties.GetValueOrDefault(ImageMarks.Revision), image.Id, image.Name, result,
            finding);
    }

    /// <summary>What Glance really holds, compared with what it says that it holds, and with our marks.</summary>
    public VerifiedImage And(GlanceImage image, ContentFacts content)
    {
        var read = this with { Content = content };
        var held = GlanceProof.DigestOf(image);
        if (image.Size != content.Length || (held is not null && held != content[held.Algorithm]))
            return read with
            {
                Result = Mismatch,
                Finding = $"Glance hands out {content.Length} bytes with {content[held?.Algorithm ?? DigestAlgorithm.Sha512]}, and says "
                    + $"that it holds {(image.Size is { } size ? $"{size} bytes" : "a content of no known length")} with "
                    + (held?.ToString() ?? "no digest"),
            };

        foreach (var algorithm in Enum.GetValues<DigestAlgorithm>())
        {
            if (ImageMarks.Expected(image, algorithm) is { } mark && mark != content[algorithm]?.Hex)
                return read with
                {
                    Result = Mismatch,
                    Finding = $"Glance hands out {content[algorithm]}, and its mark says {mark}",
                };
        }

        return read with { Finding = Finding + "; read back" };
    }

    /// <summary>From the strongest proof on. The older tool's images have one mark, and none of ours.</summary>
    private static (string Result, string Finding) Judge(GlanceImage image, ResolvedImage? offer)
    {
        if (GlanceProof.DigestOf(image) is not { } held)
            return (Unknown, $"it is {image.Status}, and Glance gives no digest that can be compared");
        if (ImageMarks.Expected(image, held.Algorithm) is { } mark && mark != held.Hex)
            return (Mismatch, $"Glance holds {held}, and its mark says {mark}");
        var isOffered = offer is not null && image.Properties.GetValueOrDefault(ImageMarks.Revision) == offer.Revision;
        if (isOffered && FileOf(image, offer!) is { } file)
            return JudgeByOffer(image, file);
        return ImageMarks.Expected(image, held.Algorithm) is null
            ? (Unknown, $"it has no mark for {held.Algorithm.Label()}")
            : (Verified, offer is null
                ? "marks and Glance agree"
                : isOffered ? $"marks and Glance agree; the publisher lists no {image.DiskFormat} file of {offer.Revision} any more"
                : $"marks and Glance agree; the publisher offers {offer.Revision} by now");
    }

    /// <summary>Which of the publisher's files it was made of; null where that one is not listed any more.</summary>
    private static ResolvedImage? FileOf(GlanceImage image, ResolvedImage offer)
    {
        var url = image.Properties.GetValueOrDefault(ImageMarks.Url);
        return new[] { offer, offer.WithOther() }.FirstOrDefault(file => file.OfficialLocation.AbsoluteUri == url)
            ?? (url is not null && OtherFile.PlaceOf(url) == OtherFile.PlaceOf(offer.OfficialLocation.AbsoluteUri) ? null : offer);
    }

    private static (string Result, string Finding) JudgeByOffer(GlanceImage image, ResolvedImage offer)
    {
        var mark = image.Properties.GetValueOrDefault(ImageMarks.Digest(offer.Digest.Algorithm));
        return mark switch
        {
            null => (Unknown, $"the publisher lists {offer.Digest.Algorithm.Label()} for {offer.Revision}, for which it has no mark"),
            _ when mark != offer.Digest.Hex =>
                (Mismatch, $"the publisher lists {offer.Digest} for {offer.Revision}, and its mark says something else"),
            _ => KnownImage.IsFinished(image)
                ? (Verified, "marks, Glance and publisher agree")
                : (Unknown, "it was never finished"),
        };
    }
}
