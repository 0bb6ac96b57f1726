using Imgsync.Core.Glance.Api;

namespace Imgsync.Core.Publishing;

/// <summary>Protection from deletion that is ours to give and to lift. What somebody else has protected stays so: it bears no mark of ours.</summary>
internal static class Protection
{
    public static IReadOnlyList<PatchOperation> Give { get; } = [PatchOperation.Set("protected", true), PatchOperation.Set(ImageMarks.Protected, "true")];

    public static IReadOnlyList<PatchOperation> Lift { get; } = [PatchOperation.Set("protected", false), PatchOperation.Remove(ImageMarks.Protected)];

    public static bool IsOurs(GlanceImage image) => image.Protected && image.Properties.ContainsKey(ImageMarks.Protected);

    public static IReadOnlyList<PatchOperation> Change(GlanceImage image, bool wanted) =>
        wanted && !image.Protected ? Give
        : !wanted && IsOurs(image) ? Lift
        : [];
}
