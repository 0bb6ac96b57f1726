using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>Decides, without touching anything, what becomes of one distribution's images in one cloud. The order is the publisher's
/// own (date, then build number), never a name or the time of an upload.</summary>
public static class RetentionPolicy
{
    /// <returns>Oldest revision first, so that a run that may not delete all of them deletes the oldest.</returns>
    public static IReadOnlyList<SupersededImage> Decide(ImageListing images, RetentionLine line)
    {
        // What is newer than the newest verified is somebody's rollback or a publisher's mistake: not ours to judge.
        // What carries no revision we understand cannot be put in order, so it stays.
        var older = line.Among(images)
            .Where(image => image.Id != line.Newest.Id)
            .Select(image => (Image: image, Revision: line.RevisionOf(image)))
            .Where(entry => entry.Revision is { } revision && revision.CompareTo(line.Revision) <= 0)
            .OrderByDescending(entry => entry.Revision)
            .ThenByDescending(entry => entry.Image.CreatedAt);
        (GlanceImage Image, Revision Revision)[] order =
            [(line.Newest, line.Revision), .. older.Select(entry => (entry.Image, entry.Revision!.Value))];

        return
        [
            .. order
                .Select((entry, place) => (entry.Image, Place: place))
                .Skip(Math.Max(line.Keep, 1))
                .Select(entry => (entry.Image, By: order[entry.Place - 1]))
                .Where(entry => Since(entry.Image, line.Now) >= line.Steps.MinAge)
                .Select(entry => (entry.Image, Action: Due(line.Steps, entry.Image, Since(entry.By.Image, line.Now)), entry.By.Revision))
                .Where(entry => entry.Action is not null)
                .Select(entry => new SupersededImage(entry.Image, entry.Action!.Value, entry.Revision.ToString()))
                .Reverse(),
        ];
    }

    /// <summary>Finished images of distributions that are configured no more. Nothing superseded them,
    /// so their steps count from the day they were made.</summary>
    /// <param name="configured">Empty where nobody configured anything: then there is no telling what was taken off the list.</param>
    public static IReadOnlyList<SupersededImage> DecideOrphans(
        ImageListing images, IReadOnlySet<string> configured, PruneOptions steps, DateTimeOffset now)
    {
        if (steps.Orphans is not OrphanPolicy.Prune || configured.Count == 0)
            return [];

        return
        [
            .. images.All
                .Where(image => ImageMarks.AreOn(image, images.Project)
                    && GlanceProof.IsFinished(image)
                    && ImageMarks.DistributionOf(image) is { } key
                    && !configured.Contains(key)
                    && Since(image, now) >= steps.MinAge)
                .Select(image => (Image: image, Action: Due(steps, image, Since(image, now))))
                .Where(entry => entry.Action is not null)
                .Select(
                    entry => new SupersededImage(entry.Image, entry.Action!.Value, ImageMarks.RevisionOf(entry.Image)?.ToString() ?? "")),
        ];
    }

    /// <summary>How long ago an image was made. The clocks of a cloud's services may be a
    /// second apart: nothing was made in the future.</summary>
    private static TimeSpan Since(GlanceImage image, DateTimeOffset now) => now > image.CreatedAt ? now - image.CreatedAt : TimeSpan.Zero;

    /// <summary>The strongest step whose age has come, null when it has been taken already. An
    /// image is superseded since the next newer one was made.</summary>
    private static PruneAction? Due(PruneOptions options, GlanceImage image, TimeSpan superseded)
    {
        (TimeSpan? After, PruneAction Action)[] steps =
        [
            (options.DeleteAfter, PruneAction.Delete),
            (options.DeactivateAfter, PruneAction.Deactivate),
            (options.HideAfter, PruneAction.Hide),
            (options.RenameAfter, PruneAction.Rename),
        ];
        var strongest = steps.Where(step => superseded >= step.After).Select(step => (PruneAction?)step.Action).FirstOrDefault();
        return strongest is { } action && !IsDone(image, action) ? action : null;
    }

    private static bool IsDone(GlanceImage image, PruneAction action) => action switch
    {
        PruneAction.Rename => SupersededName.IsSuperseded(image.Name),
        PruneAction.Hide => image.OsHidden,
        PruneAction.Deactivate => image.Status == "deactivated",
        PruneAction.Delete => false,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "not a step of pruning"),
    };
}
