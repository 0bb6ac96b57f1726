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
                    ActionKind.Hide => [PatchOperation.Set("os_hidden", true), Mark(step)],
                    ActionKind.Deactivate => [Mark(step)],
                    ActionKind.Delete when Protection.IsOurs(image) => Protection.Lift,
                    _ => [],
                },
            };

    public static bool IsTaken(ActionKind step, GlanceImage image) => step switch
    {
        ActionKind.Rename => SupersededName.IsSuperseded(image.Name),
        ActionKind.Hide => image.OsHidden,
        ActionKind.Deactivate => image.Status == "deactivated",
        ActionKind.Delete => false,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "not a step of pruning"),
    };

    /// <summary>What somebody else has done to it; null for nothing.</summary>
    private static string? ByHand(GlanceImage image)
    {
        var ours = image.Properties.ContainsKey(ImageMarks.Retired);
        return image.Protected && !Protection.IsOurs(image) ? "protected"
            : ImageMarks.IsShownByHand(image) ? $"made {image.Visibility}"
            : image.OsHidden && !ours ? "hidden"
            : image.Status is "deactivated" && !ours ? "deactivated"
            : null;
    }

    private static PatchOperation Mark(ActionKind step) => PatchOperation.Set(ImageMarks.Retired, step.ToString().ToLowerInvariant());
}
