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
    public static IReadOnlyList<PlannedAction> Decide(ImageListing images, RetentionLine line)
    {
        var revisions = line.Revisions(images);
        if (!KnownImage.IsVisible(revisions[0].Chosen))
            return []; // somebody hid it by hand: then what users can still boot from stays

        // One content of a revision stays; what was published under the same revision before is superseded, and does not count.
        var kept = revisions.DistinctBy(revision => revision.Revision).Take(Math.Max(line.Keep, 1)).ToHashSet();
        return
        [
            .. revisions.Index().Where(entry => !kept.Contains(entry.Item)).Reverse()
                .SelectMany(entry => Superseded(entry.Item, revisions[entry.Index - 1], revisions[0].Chosen, line)),
            .. revisions.Where(kept.Contains).SelectMany(revision => Surplus(revision, line)),
        ];
    }

    private static IEnumerable<PlannedAction> Superseded(
        KnownRevision revision, KnownRevision newer, GlanceImage keeper, RetentionLine line) =>
        from image in revision.Images.OrderBy(image => image.Id == revision.Chosen.Id).ThenBy(image => image.CreatedAt)
        where Since(image, line.Now) >= line.Steps.MinAge
        let step = Due(line.Steps, image, Since(newer.Chosen, line.Now))
        where step is not null
        let action = RetirementStep.Of(step.Value, image, newer.Revision.ToString(), $"{newer.Revision} took its place")
        select action with { Keeper = keeper.Id };

    private static IEnumerable<PlannedAction> Surplus(KnownRevision revision, RetentionLine line) =>
        from twin in Twins.Surplus(revision.Images, revision.Chosen)
        let isReplaced = Twins.ReplacedBy(revision.Chosen).Contains(twin.Id, StringComparer.Ordinal)
        where isReplaced || Since(twin, line.Now) >= line.Steps.MinAge
        let reason = isReplaced
            ? "it was published again, and the new image takes its place"
            : $"image {revision.Chosen.Id} is of the same revision and content, and stays"
        let action = RetirementStep.Of(ActionKind.Delete, twin, successor: "", reason)
        select action with { IsReplaced = isReplaced, Keeper = revision.Chosen.Id };

    /// <summary>Finished images of distributions that are configured no more. Nothing superseded them,
    /// so their steps count from the day they were made.</summary>
    /// <param name="configured">Empty where nobody configured anything: then there is no telling what was taken off the list.</param>
    public static IReadOnlyList<PlannedAction> DecideOrphans(
        ImageListing images, IReadOnlySet<string> configured, PruneOptions steps, DateTimeOffset now) =>
        steps.Orphans is not OrphanPolicy.Prune || configured.Count == 0
            ? []
            :
            [
                .. from image in images.All
                   where KnownImage.IsOurs(image, images.Project) && KnownImage.IsFinished(image)
                   where ImageMarks.DistributionOf(image) is { } key && !configured.Contains(key)
                   where Since(image, now) >= steps.MinAge
                   let step = Due(steps, image, Since(image, now))
                   where step is not null
                   let revision = ImageMarks.RevisionOf(image)?.ToString() ?? ""
                   select RetirementStep.Of(step.Value, image, revision, "its distribution is configured no more"),
            ];

    /// <summary>How long ago an image was made. The clocks of a cloud's services may be a
    /// second apart: nothing was made in the future.</summary>
    private static TimeSpan Since(GlanceImage image, DateTimeOffset now) => now > image.CreatedAt ? now - image.CreatedAt : TimeSpan.Zero;

    /// <summary>The strongest step whose age has come and that means something for this image; null when it has been taken already.
    /// An image is superseded since the next newer one was made.</summary>
    private static ActionKind? Due(PruneOptions options, GlanceImage image, TimeSpan superseded)
    {
        (TimeSpan? After, ActionKind Step)[] steps =
        [
            (options.DeleteAfter, ActionKind.Delete),
            (options.DeactivateAfter, ActionKind.Deactivate),
            (options.HideAfter, ActionKind.Hide),
            (options.CommunityAfter, ActionKind.MakeCommunity),
            (options.RenameAfter, ActionKind.Rename),
        ];
        var strongest = steps
            .Where(step => superseded >= step.After && RetirementStep.Suits(step.Step, image))
            .Select(step => (ActionKind?)step.Step)
            .FirstOrDefault();
        return strongest is { } step && !RetirementStep.IsTaken(step, image) ? step : null;
    }
}
