using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Sync;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Pruning;

/// <summary>One cloud as one run sees it when all its images are through: what is there, and what of it nobody needs.</summary>
internal sealed class PruneScope(CloudConnection cloud, CloudOptions settings, RunMark run, ImgsyncOptions options, DistributionCatalog catalog)
{
    private string? _project;
    private DateTimeOffset _now;

    public string Cloud => cloud.Name;

    public GlanceClient Glance => cloud.Glance;

    /// <summary>Everything of ours, read to the last page before anything is decided.</summary>
    public async Task<IReadOnlyList<GlanceImage>> ListAsync(CancellationToken cancellationToken)
    {
        _project = (await cloud.Keystone.GetTokenAsync(cancellationToken)).ProjectId;
        _now = await cloud.Keystone.GetTimeAsync(cancellationToken);
        return await OurImages.ListAsync(cloud, cancellationToken).ToListAsync(cancellationToken);
    }

    public string? LatestName(DistributionSpec distribution) => ImageDescription.LatestName(distribution, Publish(distribution));

    /// <summary>The distributions whose newest image is in place, and what that image is.</summary>
    public IReadOnlyList<RetentionLine> Lines(IReadOnlyList<ImageOutcome> outcomes, IReadOnlyList<GlanceImage> images)
    {
        var lines = new List<RetentionLine>();
        foreach (var outcome in outcomes.Where(outcome => outcome.Kind is OutcomeKind.Published or OutcomeKind.UpToDate))
        {
            var newest = images.FirstOrDefault(image => image.Id == outcome.ImageId && image.Status == "active");
            if (newest is not null && catalog.TryGet(outcome.Distribution, out var distribution) && Revision.TryParse(outcome.Revision, out var revision))
                lines.Add(Line(distribution, newest, revision));
        }

        return lines;
    }

    /// <summary>What dead runs left comes first, then each distribution's images from the oldest revision on; each image once.</summary>
    public IEnumerable<SupersededImage> Unwanted(IReadOnlyList<RetentionLine> lines, IReadOnlyList<ImageOutcome> outcomes, IReadOnlyList<GlanceImage> images)
    {
        var unwanted = Leftovers(images);
        if (options.Prune.Enabled)
            unwanted = unwanted.Concat(lines.SelectMany(line => RetentionPolicy.Decide(images, line))).Concat(Orphans(outcomes, images));

        return unwanted.DistinctBy(entry => entry.Image.Id, StringComparer.Ordinal);
    }

    /// <summary>What a dead run left half made, of whatever distribution.</summary>
    private IEnumerable<SupersededImage> Leftovers(IReadOnlyList<GlanceImage> images) => images
        .Where(image => ImageMarks.AreOn(image, _project)
            && !GlanceProof.IsFinished(image)
            && image.Properties.TryGetValue(ImageMarks.Run, out var mark)
            && run.IsOver(mark, image.UpdatedAt, _now))
        .Select(image => new SupersededImage(image, PruneAction.Delete, By: ""));

    /// <summary>What somebody asked for on the command line is no orphan, configured or not.</summary>
    private IReadOnlyList<SupersededImage> Orphans(IReadOnlyList<ImageOutcome> outcomes, IReadOnlyList<GlanceImage> images)
    {
        var configured = settings.Distributions ?? options.Distributions;
        return configured.Count == 0
            ? []
            : RetentionPolicy.DecideOrphans(
                images, [.. configured.Concat(outcomes.Select(outcome => outcome.Distribution))], _project, options.Prune, _now);
    }

    private RetentionLine Line(DistributionSpec distribution, GlanceImage newest, Revision revision) => new()
    {
        Distribution = distribution,
        Newest = newest,
        Revision = revision,
        Keep = Publish(distribution).Keep,
        Steps = options.Prune,
        Project = _project,
        Now = _now,
    };

    private PublishOptions Publish(DistributionSpec distribution) => EffectivePublish.For(options, settings, distribution.Key);
}
