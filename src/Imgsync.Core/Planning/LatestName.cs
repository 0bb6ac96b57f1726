using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Planning;

/// <summary>
/// The stable name (<c>publish.latestName</c>) that always the newest image of a distribution has. Glance's names need not be
/// unique, so the new one takes it before the old one gives it up: for a moment there are two, and never none.
/// </summary>
internal static class LatestName
{
    /// <summary>Which images have to be called otherwise, in this order.</summary>
    /// <param name="name">Null where no such name is wanted (any more).</param>
    public static IEnumerable<PlannedAction> Due(string? name, RetentionLine line, ImageListing images)
    {
        var newest = line.Revisions(images)[0].Chosen;
        // An image of the older tool is known by its name, so that stays.
        if (name is not null && newest.Name != name && ImageMarks.DistributionOf(newest) is not null)
            yield return Rename(newest, name, Keep(newest));

        foreach (var image in line.Among(images).Where(image => image.Id != newest.Id || name is null))
        {
            if (image.Properties.TryGetValue(ImageMarks.Name, out var own))
                yield return Rename(image, own, [PatchOperation.Remove(ImageMarks.Name)]);
        }
    }

    /// <summary>The image as it is called afterwards.</summary>
    public static GlanceImage After(PlannedAction renaming) =>
        renaming.Image with { Name = (string)renaming.Patch.Single(operation => operation.Name == "name").Value! };

    private static PlannedAction Rename(GlanceImage image, string name, IReadOnlyList<PatchOperation> marks) =>
        new(ActionKind.Rename, image, $"the stable name moves with the newest revision: it is called {name}")
        {
            Patch = [PatchOperation.Set("name", name), .. marks],
            MovesName = true,
        };

    /// <summary>Its own name stays with it; a change of the stable name must not overwrite that.</summary>
    private static IReadOnlyList<PatchOperation> Keep(GlanceImage image) =>
        image.Properties.ContainsKey(ImageMarks.Name) ? [] : [PatchOperation.Set(ImageMarks.Name, image.Name)];
}
