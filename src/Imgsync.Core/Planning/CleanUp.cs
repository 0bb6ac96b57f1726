using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Planning;

/// <summary>Decides what is to be done in one cloud when all images of a run are through: for those distributions only whose newest
/// image this very run has found verified and active there.</summary>
/// <param name="settings">The cloud's.</param>
/// <param name="now">By the cloud's clock.</param>
public sealed class CleanUp(
    CloudOptions settings, RunMark run, DateTimeOffset now, ImgsyncOptions options, DistributionCatalog catalog)
{
    /// <summary>First the stable names move; then what dead runs left goes, and each distribution's images from the
    /// oldest revision on; each image once.</summary>
    /// <param name="outcomes">How this run ended for this cloud, one per distribution. What a dry run has left out is thought done.</param>
    public IReadOnlyList<PlannedAction> Decide(IReadOnlyList<ImageOutcome> outcomes, ImageListing images)
    {
        images = AsPlanned(outcomes, images);
        var lines = Lines(outcomes, images).ToList();
        var renamed = lines.SelectMany(line => LatestName.Due(
            ImageDescription.LatestName(line.Distribution, Publish(line.Distribution)), line, images)).ToList();
        images = images.With([.. renamed.Select(LatestName.After).DistinctBy(image => image.Id, StringComparer.Ordinal)]);
        return [.. renamed, .. Unwanted(lines, outcomes, images).DistinctBy(action => action.Image.Id, StringComparer.Ordinal)];
    }

    private IEnumerable<PlannedAction> Unwanted(
        IReadOnlyList<RetentionLine> lines, IReadOnlyList<ImageOutcome> outcomes, ImageListing images)
    {
        var leftovers = images.All
            .Where(image => KnownImage.IsOurs(image, images.Project) && Planner.IsLeftover(image, run, now))
            .Select(Planner.Remove);
        var superseded = lines.SelectMany(line => Retention.Decide(images, line));
        return options.Prune.Enabled
            ? leftovers.Concat(superseded).Concat(Orphans(outcomes, images))
            : leftovers.Concat(superseded.Where(action => action.IsReplaced)); // whoever forces a publication wants one image, not two
    }

    /// <summary>The distributions whose newest image is in place, or would be, and what that image is.</summary>
    private IEnumerable<RetentionLine> Lines(IReadOnlyList<ImageOutcome> outcomes, ImageListing images)
    {
        foreach (var outcome in outcomes)
        {
            // The image's own mark decides, not what a mirror claims; only the older tool's images have none.
            if (Newest(outcome, images) is { } newest
                && KnownImage.IsVisible(newest)
                && catalog.TryGet(outcome.Distribution, out var distribution)
                && (ImageMarks.RevisionOf(newest) ?? Parse(outcome.Revision)) is { } revision)
                yield return Line(distribution, newest, revision, images.Project);
        }
    }

    private static GlanceImage? Newest(ImageOutcome outcome, ImageListing images) => outcome switch
    {
        { Kind: OutcomeKind.Published or OutcomeKind.UpToDate, ImageId: { } id } => images.Find(id),
        { Kind: OutcomeKind.WouldPublish } => images.Of(outcome.Distribution).Single(PlannedImage.Is),
        _ => null,
    };

    /// <summary>The images as they would be after what a dry run has planned.</summary>
    private ImageListing AsPlanned(IReadOnlyList<ImageOutcome> outcomes, ImageListing images)
    {
        var (gone, changed) = (Planned(ActionKind.Delete), Planned(ActionKind.Change));
        return new ImageListing(images.Project,
        [
            .. images.All.Where(image => !gone.Contains(image.Id))
                .Select(image => changed.Contains(image.Id) ? RetirementStep.Undone(image) : image),
            .. outcomes.Where(outcome => outcome.Kind is OutcomeKind.WouldPublish)
                .Select(outcome => PlannedImage.Of(outcome, images, now)),
        ]);

        HashSet<string?> Planned(ActionKind kind) => outcomes.SelectMany(outcome => outcome.Actions)
            .Where(action => action.Kind == kind && action.Result is ActionResult.Planned)
            .Select(action => action.ImageId)
            .ToHashSet(StringComparer.Ordinal);
    }

    private static Revision? Parse(string? text) => Revision.TryParse(text, out var revision) ? revision : null;

    /// <summary>What somebody asked for on the command line is no orphan, configured or not.</summary>
    private IReadOnlyList<PlannedAction> Orphans(IReadOnlyList<ImageOutcome> outcomes, ImageListing images)
    {
        var configured = options.DistributionsOf(settings);
        return configured.Count == 0
            ? []
            : Retention.DecideOrphans(
                images, configured.Concat(
                    outcomes.Select(outcome => outcome.Distribution)).ToHashSet(StringComparer.Ordinal), options.Prune, now);
    }

    private RetentionLine Line(DistributionSpec distribution, GlanceImage newest, Revision revision, string? project) => new()
    {
        Distribution = distribution,
        Newest = newest,
        Revision = revision,
        Keep = Publish(distribution).Keep,
        Steps = options.Prune,
        Project = project,
        Catalogue = catalog.All,
        Now = now,
    };

    private PublishOptions Publish(DistributionSpec distribution) =>
        options.PublishFor(settings, distribution.Key, distribution.Visibility);
}
