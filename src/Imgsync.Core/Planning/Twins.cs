using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;

namespace Imgsync.Core.Planning;

/// <summary>
/// Finished images of one distribution with one content. Two installations that publish at the same time make some, and
/// <c>--force</c> does. All installations pick the same one of them, in whatever order they look.
/// </summary>
internal static class Twins
{
    /// <summary>The one that stays: visible before hidden, replacing before replaced, ours before the older tool's, then the earliest,
    /// then the smallest id.</summary>
    public static GlanceImage Choose(IReadOnlyCollection<GlanceImage> twins)
    {
        if (twins.Count == 1)
            return twins.First();

        var visible = twins.Where(KnownImage.IsVisible).ToList();
        var candidates = visible is [] ? twins : visible;
        var replaced = candidates.SelectMany(ReplacedBy).ToHashSet(StringComparer.Ordinal);
        var left = candidates.Where(image => !replaced.Contains(image.Id)).ToList();
        return (left is [] ? candidates : left)
            .OrderByDescending(KnownImage.IsFinished)
            .ThenBy(image => image.CreatedAt)
            .ThenBy(image => image.Id, StringComparer.Ordinal)
            .First();
    }

    /// <summary>Those that go: visible ones only, and only while the one that stays is visible itself.</summary>
    public static IEnumerable<GlanceImage> Surplus(IEnumerable<GlanceImage> twins, GlanceImage chosen) =>
        KnownImage.IsVisible(chosen) ? twins.Where(image => image.Id != chosen.Id && KnownImage.IsVisible(image)) : [];

    /// <summary>The images that this one was made to replace, by their ids.</summary>
    public static IEnumerable<string> ReplacedBy(GlanceImage image) =>
        image.Properties.GetValueOrDefault(ImageMarks.Replaces)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
