using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Pruning;

/// <summary>
/// Decides, without touching anything, what becomes of one distribution's images in one cloud. The order is the publisher's
/// own (date, then build number), never a name or the time of an upload.
/// </summary>
public static class RetentionPolicy
{
    /// <param name="images">This distribution's images of ours, finished ones only.</param>
    /// <param name="newest">The revision that this run found verified and active in the cloud.</param>
    /// <param name="keep">How many stay, the newest among them.</param>
    public static IReadOnlyList<SupersededImage> Decide(IEnumerable<GlanceImage> images, Revision newest, int keep, PruneOptions options, DateTimeOffset now)
    {
        // What is newer than the newest verified is somebody's rollback or a publisher's mistake: not ours to judge.
        // What carries no revision we understand cannot be put in order, so it stays.
        var line = images
            .Select(image => (Image: image, Revision: ImageMarks.RevisionOf(image)))
            .Where(entry => entry.Revision is { } revision && revision.CompareTo(newest) <= 0)
            .OrderByDescending(entry => entry.Revision)
            .ThenByDescending(entry => entry.Image.CreatedAt)
            .ToList();

        // The head of the line must be the verified one; without it nothing here is superseded by anything we know to be good.
        if (line.Count == 0 || line[0].Revision!.Value.CompareTo(newest) != 0)
            return [];

        return
        [
            .. line
                .Select((entry, place) => (entry.Image, Place: place))
                .Skip(Math.Max(keep, 1))
                .Where(entry => now - entry.Image.CreatedAt >= options.MinAge)
                .Select(entry => (entry.Image, Action: Strongest(options, now - line[entry.Place - 1].Image.CreatedAt)))
                .Where(entry => entry.Action is { } action && !IsDone(entry.Image, action))
                .Select(entry => new SupersededImage(entry.Image, entry.Action!.Value)),
        ];
    }

    /// <summary>The strongest step whose age has come. An image is superseded since the next newer one was made.</summary>
    private static PruneAction? Strongest(PruneOptions options, TimeSpan superseded)
    {
        (TimeSpan? After, PruneAction Action)[] steps =
        [
            (options.DeleteAfter, PruneAction.Delete),
            (options.DeactivateAfter, PruneAction.Deactivate),
            (options.HideAfter, PruneAction.Hide),
            (options.RenameAfter, PruneAction.Rename),
        ];
        return steps.Where(step => superseded >= step.After).Select(step => (PruneAction?)step.Action).FirstOrDefault();
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

/// <summary>One image and what is to become of it.</summary>
public sealed record SupersededImage(GlanceImage Image, PruneAction Action);
