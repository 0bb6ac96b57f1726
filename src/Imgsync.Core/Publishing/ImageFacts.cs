using System.Globalization;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Publishing;

/// <summary>What <c>{revision}</c>, <c>{buildDate}</c> and <c>{url}</c> in a property stand for. The offer says it when an image is
/// published, and later the image's own marks do, so that what stands is not written again at every run.</summary>
/// <param name="Revision">Null, as the others, where an image does not say it.</param>
/// <param name="Url">The publisher's own URL of the file.</param>
public sealed record ImageFacts(string? Revision, DateOnly? BuildDate, string? Url)
{
    public static ImageFacts Of(ResolvedImage offer) => new(offer.Revision, offer.BuildDate, offer.OfficialLocation.AbsoluteUri);

    public static ImageFacts Of(GlanceImage image) => new(
        image.Properties.GetValueOrDefault(ImageMarks.Revision),
        ImageMarks.RevisionOf(image)?.Date,
        image.Properties.GetValueOrDefault(ImageMarks.Url));

    /// <summary>The properties filled in, without those that need what is not known.</summary>
    internal IReadOnlyDictionary<string, string> Fill(IReadOnlyDictionary<string, string> templates)
    {
        var filled = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, template) in templates)
        {
            if (Fill(template) is { } value)
                filled[name] = value;
        }

        return filled;
    }

    private string? Fill(string template)
    {
        var day = BuildDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (var (placeholder, value) in new[] { ("{revision}", Revision), ("{buildDate}", day), ("{url}", Url) })
        {
            if (value is null && template.Contains(placeholder, StringComparison.Ordinal))
                return null;
            template = template.Replace(placeholder, value, StringComparison.Ordinal);
        }

        return template;
    }
}
