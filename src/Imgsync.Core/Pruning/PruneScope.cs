using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Pruning;

/// <summary>One cloud as one run sees it when all its images are through: what is there, and what of it nobody needs.</summary>
/// <param name="now">By the cloud's clock.</param>
internal sealed class PruneScope(
    CloudConnection cloud, CloudOptions settings, RunMark run, DateTimeOffset now, ImgsyncOptions options, DistributionCatalog catalog)
{
    public string Cloud => cloud.Name;

    public GlanceClient Glance => cloud.Glance;

    public Task<ImageListing> ListAsync(CancellationToken cancellationToken) => ImageListing.ReadAsync(cloud, cancellationToken);

    /// <summary>The distributions whose newest image is in place, or would be, and what that image is.</summary>
    /// <param name="images">With <see cref="WithPlanned"/>.</param>
    public IReadOnlyList<RetentionLine> Lines(IReadOnlyList<ImageOutcome> outcomes, ImageListing images)
    {
        var lines = new List<RetentionLine>();
        foreach (var outcome in outcomes.Where(
            outcome => outcome.Kind is OutcomeKind.Published or OutcomeKind.UpToDate or OutcomeKind.WouldPublish))
        {
            // The image's own mark decides, not what a mirror claims; only the older tool's images have none.
            if (images.Find(outcome.ImageId ?? PlannedImage.IdOf(outcome.Distribution)) is { } newest
                && Twins.IsVisible(newest)
                && catalog.TryGet(outcome.Distribution, out var distribution)
                && (ImageMarks.RevisionOf(newest) ?? Parse(outcome.Revision)) is { } revision)
                lines.Add(Line(distribution, newest, revision, images.Project));
        }

        return lines;
    }

    /// <summary>The images as they would be after the publications that a dry run has left out.</summary>
    public ImageListing WithPlanned(IReadOnlyList<ImageOutcome> outcomes, ImageListing images) =>
        images.And(new ImageListing(images.Project,
        [
            .. outcomes.Where(outcome => outcome.Kind is OutcomeKind.WouldPublish)
                .Select(outcome => PlannedImage.Of(outcome.Distribution, outcome.Revision!, outcome.ImageName!, images, now)),
        ]));

    private static Revision? Parse(string? text) => Revision.TryParse(text, out var revision) ? revision : null;

    public IEnumerable<Renaming> Renamings(RetentionLine line, ImageListing images) =>
        LatestName.Due(ImageDescription.LatestName(line.Distribution, Publish(line.Distribution)), line, images);

    /// <summary>What dead runs left comes first, then each distribution's images from the oldest revision on; each image once.</summary>
    public IEnumerable<SupersededImage> Unwanted(
        IReadOnlyList<RetentionLine> lines, IReadOnlyList<ImageOutcome> outcomes, ImageListing images)
    {
        var unwanted = Leftovers(images);
        var superseded = lines.SelectMany(line => Retention.Decide(images, line));
        unwanted = options.Prune.Enabled
            ? unwanted.Concat(superseded).Concat(Orphans(outcomes, images))
            : unwanted.Concat(superseded.Where(entry => entry.IsReplaced)); // whoever forces a publication wants one image, not two

        return unwanted.DistinctBy(entry => entry.Image.Id, StringComparer.Ordinal);
    }

    /// <summary>True when the list from early in the run is enough to see that nothing is to be done. Whatever is to be done is decided
    /// by a list of its own: this one may be hours old, and does not show what the run has published since.</summary>
    /// <param name="early">The images that were not hidden.</param>
    public async Task<bool> IsCleanAsync(IReadOnlyList<ImageOutcome> outcomes, ImageListing early, CancellationToken cancellationToken)
    {
        if (!outcomes.All(outcome => outcome is { Kind: OutcomeKind.UpToDate, ImageId: { } id } && early.Find(id) is not null))
            return false;

        var images = early.And(await ImageListing.ReadAsync(cloud, hidden: true, cancellationToken));
        var lines = Lines(outcomes, images);
        return !lines.Any(line => Renamings(line, images).Any()) && !Unwanted(lines, outcomes, images).Any();
    }

    /// <summary>What a dead run left half made, of whatever distribution.</summary>
    private IEnumerable<SupersededImage> Leftovers(ImageListing images) => images.All
        .Where(image => ImageMarks.AreOn(image, images.Project)
            && !GlanceProof.IsFinished(image)
            && image.Properties.TryGetValue(ImageMarks.Run, out var mark)
            && run.IsOver(mark, image.UpdatedAt, now))
        .Select(image => new SupersededImage(image, PruneAction.Delete, By: ""));

    /// <summary>What somebody asked for on the command line is no orphan, configured or not.</summary>
    private IReadOnlyList<SupersededImage> Orphans(IReadOnlyList<ImageOutcome> outcomes, ImageListing images)
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

    private PublishOptions Publish(DistributionSpec distribution) => options.PublishFor(settings, distribution.Key);
}
