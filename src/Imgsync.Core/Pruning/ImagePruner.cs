using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Sync;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Pruning;

/// <summary>
/// The last step of a run: carries out the retention policy in one cloud, for those distributions only whose newest image
/// this very run has found verified and active there, and removes what dead runs left half made.
/// </summary>
public sealed class ImagePruner(CloudConnection cloud, RunMark run, ImgsyncOptions options, TimeProvider time)
{
    private int _deleted;

    /// <param name="outcomes">How this run ended for this cloud, one per distribution.</param>
    /// <exception cref="ImgsyncException">The list of images could not be read whole; then nothing is touched.</exception>
    public async Task<IReadOnlyList<PruneOutcome>> PruneAsync(IReadOnlyList<ImageOutcome> outcomes, bool dryRun, CancellationToken cancellationToken)
    {
        var images = await OurImages.ListAsync(cloud, cancellationToken).ToListAsync(cancellationToken);
        var unwanted = Leftovers(images)
            .Concat(outcomes.SelectMany(outcome => Superseded(outcome, images)))
            .Concat(Orphans(images))
            .DistinctBy(entry => entry.Image.Id, StringComparer.Ordinal)
            .OrderBy(entry => entry.Image.CreatedAt);

        var pruned = new List<PruneOutcome>();
        foreach (var entry in unwanted)
            pruned.Add(await ApplyAsync(entry, dryRun, cancellationToken));
        return pruned;
    }

    private IEnumerable<SupersededImage> Superseded(ImageOutcome outcome, IReadOnlyList<GlanceImage> images)
    {
        var inPlace = outcome.Kind is OutcomeKind.Published or OutcomeKind.UpToDate
            && images.Any(image => image.Id == outcome.ImageId && image.Status == "active");
        if (!inPlace || !options.Prune.Enabled || !Revision.TryParse(outcome.Revision, out var newest))
            return [];

        var line = images.Where(image => ImageMarks.DistributionOf(image) == outcome.Distribution && IsFinished(image));
        return RetentionPolicy.Decide(line, newest, options.Publish.Keep, options.Prune, time.GetUtcNow());
    }

    /// <summary>What a dead run left half made, of whatever distribution.</summary>
    private IEnumerable<SupersededImage> Leftovers(IReadOnlyList<GlanceImage> images) => images
        .Where(image => !IsFinished(image)
            && image.Properties.TryGetValue(ImageMarks.Run, out var mark)
            && run.IsOver(mark, image.UpdatedAt, time.GetUtcNow()))
        .Select(image => new SupersededImage(image, PruneAction.Delete));

    private IEnumerable<SupersededImage> Orphans(IReadOnlyList<GlanceImage> images) =>
        options.Prune.Enabled && options.Prune.Orphans is OrphanPolicy.Prune
            ? images
                .Where(image => IsFinished(image) && ImageMarks.DistributionOf(image) is { } key && !options.Distributions.Contains(key, StringComparer.Ordinal))
                .Select(image => new SupersededImage(image, PruneAction.Delete))
            : [];

    private static bool IsFinished(GlanceImage image) => image.Status is "active" or "deactivated" && GlanceProof.IsFinished(image);

    private async Task<PruneOutcome> ApplyAsync(SupersededImage entry, bool dryRun, CancellationToken cancellationToken)
    {
        if (dryRun)
            return Tell(entry, PruneResult.Planned, $"a dry run changes nothing");
        if (entry.Action is PruneAction.Delete && _deleted >= options.Prune.MaxPrune)
            return Tell(entry, PruneResult.Postponed, $"{_deleted} were deleted already, as many as prune.maxPrune allows in one run");

        try
        {
            await PruneSteps.TakeAsync(cloud.Glance, entry, time.GetUtcNow(), cancellationToken);
            _deleted += entry.Action is PruneAction.Delete ? 1 : 0;
            return Tell(entry, PruneResult.Done, "a newer one is in place");
        }
        catch (CloudRefusedException refused) when (entry.Action is PruneAction.Delete && !entry.Image.OsHidden)
        {
            return await HideInsteadAsync(entry, refused, cancellationToken);
        }
        catch (CloudRefusedException refused)
        {
            return Tell(entry, PruneResult.Refused, refused.Message);
        }
    }

    /// <summary>In use, protected or cloned: nobody new should find it, and the next run tries again.</summary>
    private async Task<PruneOutcome> HideInsteadAsync(SupersededImage entry, CloudRefusedException refused, CancellationToken cancellationToken)
    {
        try
        {
            await PruneSteps.TakeAsync(cloud.Glance, entry with { Action = PruneAction.Hide }, time.GetUtcNow(), cancellationToken);
            return Tell(entry, PruneResult.HiddenInstead, refused.Message);
        }
        catch (CloudRefusedException)
        {
            return Tell(entry, PruneResult.Refused, refused.Message);
        }
    }

    private PruneOutcome Tell(SupersededImage entry, PruneResult result, string reason) => new()
    {
        Distribution = ImageMarks.DistributionOf(entry.Image) ?? "",
        Cloud = cloud.Name,
        ImageId = entry.Image.Id,
        ImageName = entry.Image.Name,
        Action = entry.Action,
        Result = result,
        Reason = reason,
    };
}
