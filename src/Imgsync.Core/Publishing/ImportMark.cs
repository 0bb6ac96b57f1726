using System.Globalization;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Glance.Api;

namespace Imgsync.Core.Publishing;

/// <summary>What an image that Glance is importing must turn out to be, as the image itself says it: whoever goes on with it, in this
/// process or another, needs nothing else. It is written before the import and goes with the patch that publishes.</summary>
/// <param name="Since">When Glance was asked, by the cloud's clock.</param>
/// <param name="Facts">Of what Glance must have in the end.</param>
/// <param name="Packed">Of the published file, where that is another one.</param>
/// <param name="MinDisk">In GiB.</param>
/// <param name="Link">Names the link that Glance was given, in staging; null where it was given none.</param>
/// <param name="ConvertTo">The <c>disk_format</c> that Glance is to make of the published file; null where it is to change nothing.</param>
public sealed record ImportMark(
    DateTimeOffset Since, ContentFacts Facts, ContentFacts? Packed, int MinDisk, string? Link = null, string? ConvertTo = null)
{
    /// <summary>The property.</summary>
    public const string Name = "imgsync.import";

    /// <summary>Of what the publisher publishes.</summary>
    public ContentFacts Published => Packed ?? Facts;

    public static ImportMark Of(VerifiedContent content, DateTimeOffset since, string? link, string? convertTo = null) =>
        new(since, content.Facts, content.Packed, content.Disk.MinDisk, link, convertTo);

    /// <summary>Null where the image has none that can be read.</summary>
    public static ImportMark? Of(GlanceImage image)
    {
        var words = (image.Properties.GetValueOrDefault(Name) ?? "").Split(' ')
            .Select(word => word.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0], StringComparer.Ordinal)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var convertTo = words.GetValueOrDefault("convert_to");
        return convertTo is null or "raw"
            && DateTimeOffset.TryParse(
                words.GetValueOrDefault("since"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
            && Parse(words.GetValueOrDefault("content")) is { } facts
            && int.TryParse(words.GetValueOrDefault("min_disk"), NumberStyles.None, CultureInfo.InvariantCulture, out var minDisk)
            ? new ImportMark(
                since, facts, Parse(words.GetValueOrDefault("packed")), minDisk, words.GetValueOrDefault("link"),
                convertTo)
            : null;
    }

    public VerifiedContent ToContent() => new(Facts, new DiskImage("", (long)MinDisk << 30), Packed);

    public override string ToString()
    {
        var words = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"since={Since.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"),
            $"content={Write(Facts)}",
            string.Create(CultureInfo.InvariantCulture, $"min_disk={MinDisk}"),
        };
        if (Packed is not null)
            words.Add($"packed={Write(Packed)}");
        if (Link is not null)
            words.Add($"link={Link}");
        if (ConvertTo is not null)
            words.Add($"convert_to={ConvertTo}");
        return string.Join(' ', words);
    }

    private static string Write(ContentFacts facts) =>
        string.Create(CultureInfo.InvariantCulture, $"{facts.Length},{facts.Sha256?.Hex},{facts.Sha512.Hex}");

    private static ContentFacts? Parse(string? text) =>
        text?.Split(',') is [var length, var sha256, var sha512]
        && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
        && (Digest.TryFromHex(DigestAlgorithm.Sha256, sha256, out var first) || sha256 is "")
        && Digest.TryFromHex(DigestAlgorithm.Sha512, sha512, out var second)
            ? new ContentFacts(bytes, first, second)
            : null;
}
