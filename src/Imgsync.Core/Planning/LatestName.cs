using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;

namespace Imgsync.Core.Planning;

/// <summary>
/// The stable name (<c>publish.latestName</c>) that always the newest image of a distribution has. Glance's names need not be
/// unique, so the new one takes it before the old one gives it up: for a moment there are two, and never none.
/// </summary>
internal static class LatestName
{
    /// <summary>Which images have to be called otherwise, in this order.</summary>
    /// <param name="name">Null where no such name is wanted (any more).</param>
    public static IEnumerable<Renaming> Due(string? name, RetentionLine line, ImageListing images)
    {
        var newest = line.Revisions(images)[0].Chosen;
        if (name is not null && newest.Name != name)
            yield return new Renaming(newest, name, Take(newest, name));

        foreach (var image in line.Among(images).Where(image => image.Id != newest.Id || name is null))
        {
            if (image.Properties.TryGetValue(ImageMarks.Name, out var own))
                yield return new Renaming(image, own, [PatchOperation.Set("name", own), PatchOperation.Remove(ImageMarks.Name)]);
        }
    }

    /// <summary>Its own name stays with it; a change of the stable name must not overwrite that.</summary>
    private static IReadOnlyList<PatchOperation> Take(GlanceImage image, string name) => image.Properties.ContainsKey(ImageMarks.Name)
        ? [PatchOperation.Set("name", name)]
        : [PatchOperation.Set(ImageMarks.Name, image.Name), PatchOperation.Set("name", name)];
}

/// <param name="Name">What the image is to be called.</param>
internal sealed record Renaming(GlanceImage Image, string Name, IReadOnlyList<PatchOperation> Changes);
