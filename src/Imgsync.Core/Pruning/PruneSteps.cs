using Imgsync.Core.Glance;

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
            PruneAction.Delete => glance.DeleteAsync(image.Id, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(entry), entry.Action, "not a step of pruning"),
        };
    }
}
