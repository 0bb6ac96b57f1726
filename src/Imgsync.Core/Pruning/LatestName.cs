using Imgsync.Core.Glance;

namespace Imgsync.Core.Pruning;

/// <summary>
/// The stable name (<c>publish.latestName</c>) that always the newest image of a distribution has. Glance's names need not be
/// unique, so the new one takes it before the old one gives it up: for a moment there are two, and never none.
/// </summary>
internal static class LatestName
{
    /// <param name="name">Null where no such name is wanted (any more).</param>
    /// <returns>The images as they are called now.</returns>
    public static async Task<IReadOnlyList<GlanceImage>> MoveAsync(
        GlanceClient glance, string? name, RetentionLine line, IReadOnlyList<GlanceImage> images, CancellationToken cancellationToken)
    {
        var moved = new Dictionary<string, GlanceImage>(StringComparer.Ordinal);
        if (name is not null && line.Newest.Name != name)
            moved[line.Newest.Id] = await glance.PatchAsync(line.Newest.Id, Take(line.Newest, name), cancellationToken);

        foreach (var image in images.Where(image => line.Contains(image) && (image.Id != line.Newest.Id || name is null)))
        {
            if (image.Properties.TryGetValue(ImageMarks.Name, out var own))
                moved[image.Id] = await glance.PatchAsync(image.Id, [PatchOperation.Set("name", own), PatchOperation.Remove(ImageMarks.Name)], cancellationToken);
        }

        return [.. images.Select(image => moved.GetValueOrDefault(image.Id, image))];
    }

    /// <summary>Its own name stays with it; a change of the stable name must not overwrite that.</summary>
    private static IReadOnlyList<PatchOperation> Take(GlanceImage image, string name) => image.Properties.ContainsKey(ImageMarks.Name)
        ? [PatchOperation.Set("name", name)]
        : [PatchOperation.Set(ImageMarks.Name, image.Name), PatchOperation.Set("name", name)];
}
