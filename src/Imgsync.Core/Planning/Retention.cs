using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Planning;

/// <summary>Decides, without touching anything, what becomes of one distribution's images in one cloud. The order is the publisher's
/// own (date, then build number), never a name or the time of an upload.</summary>
public static class Retention
{
    /// <returns>Oldest revision first, so that a run that may not delete all of them deletes the oldest; then twins of revisions
    /// that stay.</returns>
    public static IReadOnlyList<SupersededImage> Decide(ImageListing images, RetentionLine line)
    {
        var revisions = line.Revisions(images);
        if (!Twins.IsVisible(revisions[0].Chosen))
            return []; // somebody hid it by hand: then what users can still boot from stays

        var keep = Math.Max(line.Keep, 1);
        return
        [
            .. revisions.Index().Skip(keep).Reverse()
                .SelectMany(entry => Superseded(entry.Item, revisions[entry.Index - 1], revisions[0].Chosen, line)),
            .. revisions.Take(keep).SelectMany(revision => Twins.Surplus(revision.Images, revision.Chosen))
                .Where(twin => IsReplaced(twin, revisions) || Since(twin, line.Now) >= line.Steps.MinAge)
                .Select(twin => new SupersededImage(twin, PruneAction.Delete, By: "")
                {
                    TwinOf = Chosen(twin, revisions).Id,
                    IsReplaced = IsReplaced(twin, revisions),
                    Keeper = Chosen(twin, revisions).Id,
                }),
        ];
    }

    private static IEnumerable<SupersededImage> Superseded(
        KnownRevision revision, KnownRevision newer, GlanceImage keeper, RetentionLine line) =>
        from image in revision.Images.OrderBy(image => image.CreatedAt)
        where Since(image, line.Now) >= line.Steps.MinAge
        let action = Due(line.Steps, image, Since(newer.Chosen, line.Now))
        where action is not null
        select new SupersededImage(image, action.Value, newer.Revision.ToString()) { Keeper = keeper.Id };

    private static bool IsReplaced(GlanceImage image, IReadOnlyList<KnownRevision> revisions) =>
        Twins.ReplacedBy(Chosen(image, revisions)).Contains(image.Id, StringComparer.Ordinal);

    private static GlanceImage Chosen(GlanceImage image, IReadOnlyList<KnownRevision> revisions) =>
        revisions.First(revision => revision.Images.Contains(image)).Chosen;

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
