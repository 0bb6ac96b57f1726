using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Pruning;

/// <summary>The steps of pruning in Glance's verbs.</summary>
internal static class PruneSteps
{
    public static Task TakeAsync(GlanceClient glance, SupersededImage entry, CancellationToken cancellationToken)
    {
        var image = entry.Image;
        return entry.Action switch
        {
            PruneAction.Rename => glance.PatchAsync(image.Id, [PatchOperation.Set("name", SupersededName.Of(image.Name, entry.By))], cancellationToken),
            PruneAction.Hide => glance.PatchAsync(image.Id, [PatchOperation.Set("os_hidden", true)], cancellationToken),
            PruneAction.Deactivate => glance.DeactivateAsync(image.Id, cancellationToken),
            PruneAction.Delete => DeleteAsync(glance, image, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(entry), entry.Action, "not a step of pruning"),
        };
    }

    /// <summary>The protection that we gave it is ours to lift; anybody else's makes Glance refuse.</summary>
    private static async Task DeleteAsync(GlanceClient glance, GlanceImage image, CancellationToken cancellationToken)
    {
        if (Protection.IsOurs(image))
            await glance.PatchAsync(image.Id, Protection.Lift, cancellationToken);
        await glance.DeleteAsync(image.Id, cancellationToken);
    }
}
