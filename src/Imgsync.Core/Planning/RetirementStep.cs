using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Planning;

/// <summary>The steps in which an image that is not wanted any more goes, each as what it needs in Glance. What an operator has hidden,
/// deactivated, protected or shared by hand stays as it is.</summary>
internal static class RetirementStep
{
    /// <param name="successor">The revision that replaced it; empty where none did.</param>
    public static PlannedAction Of(ActionKind step, GlanceImage image, string successor, string reason) =>
        ByHand(image) is { } done
            ? new PlannedAction(ActionKind.Leave, image, $"{reason}, but it was {done} by hand")
            : new PlannedAction(step, image, reason)
            {
                Patch = step switch
                {
                    ActionKind.Rename => [PatchOperation.Set("name", SupersededName.Of(image.Name, successor))],
                    ActionKind.MakeCommunity => Publication.Show(ImageVisibility.Community),
                    ActionKind.Hide => [PatchOperation.Set("os_hidden", true), Mark(step)],
                    ActionKind.Deactivate => [Mark(step)],
                    ActionKind.Delete when Protection.IsOurs(image) => Protection.Lift,
                    _ => [],
                },
            };

    /// <summary>What undoes the steps that we have taken, for an image that is the newest again.</summary>
    public static IEnumerable<PatchOperation> Undo(GlanceImage image)
    {
        if (SupersededName.IsSuperseded(image.Name))
            yield return PatchOperation.Set("name", SupersededName.Before(image.Name));
        if (!KnownImage.IsRetired(image))
            yield break;
        if (image.OsHidden)
            yield return PatchOperation.Set("os_hidden", false);
        yield return PatchOperation.Remove(ImageMarks.Retired);
    }

    /// <summary>The image once those are undone.</summary>
    public static GlanceImage Undone(GlanceImage image) => KnownImage.IsRetired(image)
        ? image with
        {
            Status = image.Status is "deactivated" ? "active" : image.Status,
            OsHidden = false,
            Properties = image.Properties.Where(property => property.Key is not ImageMarks.Retired)
                .ToDictionary(property => property.Key, property => property.Value, StringComparer.Ordinal),
        }
        : image;

    /// <summary>Whether the step is one for this image: community is less than public, and more than shared or private.</summary>
    public static bool Suits(ActionKind step, GlanceImage image) =>
        step is not ActionKind.MakeCommunity || image.Visibility == ImageVisibility.Public.InGlance() || IsCommunity(image);

    public static bool IsTaken(ActionKind step, GlanceImage image) => step switch
    {
        ActionKind.Rename => SupersededName.IsSuperseded(image.Name),
        ActionKind.MakeCommunity => IsCommunity(image),
        ActionKind.Hide => image.OsHidden,
        ActionKind.Deactivate => image.Status == "deactivated",
        ActionKind.Delete => false,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "not a step of pruning"),
    };

    private static bool IsCommunity(GlanceImage image) => image.Visibility == ImageVisibility.Community.InGlance();

    /// <summary>Whether somebody else has changed it, so that no step is taken with it.</summary>
    public static bool IsByHand(GlanceImage image) => ByHand(image) is not null;

    /// <summary>What somebody else has done to it; null for nothing.</summary>
    private static string? ByHand(GlanceImage image)
    {
        var ours = KnownImage.IsRetired(image);
        return image.Protected && !Protection.IsOurs(image) ? "protected"
            : KnownImage.IsShownByHand(image) ? $"made {image.Visibility}"
            : image.OsHidden && !ours ? "hidden"
            : image.Status is "deactivated" && !ours ? "deactivated"
            : null;
    }

    private static PatchOperation Mark(ActionKind step) => PatchOperation.Set(ImageMarks.Retired, step.ToString().ToLowerInvariant());
}

/// <summary>How a superseded image is called: <c>Debian 12 [20240701-1790] (superseded 20240717-1811)</c>.</summary>
internal static class SupersededName
{
    private const string Opening = " (superseded ";

    public static bool IsSuperseded(string name) => name.Contains(Opening, StringComparison.Ordinal) && name.EndsWith(')');

    public static string Before(string name) => name[..name.LastIndexOf(Opening, StringComparison.Ordinal)];

    /// <param name="by">The revision that replaced it: not today's date, so that the name says the same whenever it was given.</param>
    public static string Of(string name, string by) => IsSuperseded(name) ? name : $"{name}{Opening}{by})";
}
