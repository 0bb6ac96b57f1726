using System.Text.RegularExpressions;
using Imgsync.Core.Catalog;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>An image of the older Python tool: <c>source</c> and one digest mark, and for the rest only its
/// name, <c>Debian 12 [20240718]</c>, behind whatever prefix.</summary>
internal static partial class LegacyImage
{
    /// <param name="catalogue">All distributions: a name that ends in another one's longer title is not this one's.</param>
    public static bool IsOf(DistributionSpec distribution, GlanceImage image, IEnumerable<DistributionSpec> catalogue) =>
        image.Status is "active" or "deactivated"
        && ImageMarks.DistributionOf(image) is null
        && !image.Properties.ContainsKey(ImageMarks.Run)
        && Enum.GetValues<DigestAlgorithm>().Any(algorithm => image.Properties.ContainsKey(ImageMarks.Digest(algorithm)))
        && Shape().Match(image.Name) is { Success: true } name
        && MayBe(name.Groups["title"].Value, distribution)
        && !catalogue.Any(other => other.Key != distribution.Key
            && other.Title.Length >= distribution.Title.Length
            && MayBe(name.Groups["title"].Value, other));

    private static bool MayBe(string title, DistributionSpec distribution) =>
        title == distribution.Title || title.EndsWith(" " + distribution.Title, StringComparison.Ordinal);

    /// <summary>A Debian image's day is <c>20240718</c>, an Ubuntu image's <c>2024-09-21</c>.</summary>
    public static Revision? DateOf(GlanceImage image) =>
        Revision.TryParseDay(Shape().Match(image.Name).Groups["date"].Value.Replace("-", "", StringComparison.Ordinal), out var date)
            ? date
            : null;

    [GeneratedRegex(@"\A(?<title>.*) \[(?<date>[0-9.-]+)\]( \(superseded [^)]*\))?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
