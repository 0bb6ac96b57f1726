using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;

namespace Imgsync.Core.Pruning;

/// <summary>The last step of a run: carries out the retention policy in one cloud, for those distributions only whose newest image this
/// very run has found verified and active there, and removes what dead runs left half made.</summary>
internal sealed class ImagePruner(PruneScope scope, int maxPrune, bool dryRun, RunHold hold)
{
    private readonly List<PruneOutcome> _pruned = [];
    private readonly List<string> _failures = [];
    private int _deleted;

    /// <param name="outcomes">How this run ended for this cloud, one per distribution.</param>
    /// <param name="early">The cloud's images that were not hidden when the run began, where it looked.</param>
    /// <returns>What was done until the end, or until the lock was lost: then nothing more is
    /// touched, and the failure is told beside it.</returns>
    /// <exception cref="ImgsyncException">The list of images could not be read whole; then nothing is touched.</exception>
    public async Task<PruneReport> PruneAsync(
        IReadOnlyList<ImageOutcome> outcomes, ImageListing? early, CancellationToken cancellationToken)
    {
        if (early is not null && await scope.IsCleanAsync(outcomes, early, cancellationToken))
            return PruneReport.Nothing;

        var images = await scope.ListAsync(cancellationToken);
        try
        {
            await CleanUpAsync(outcomes, images, cancellationToken);
        }
        catch (ImgsyncException stopped)
        {
            _failures.Add($"Cleaning up {scope.Cloud} stopped half way: {stopped.Message}");
        }

        return new PruneReport(_pruned, _failures);
    }

    private async Task CleanUpAsync(IReadOnlyList<ImageOutcome> outcomes, ImageListing images, CancellationToken cancellationToken)
    {
        images = scope.WithPlanned(outcomes, images);
        var lines = scope.Lines(outcomes, images);
        images = images.With(await NameLatestAsync(lines, images, cancellationToken));

        foreach (var entry in scope.Unwanted(lines, outcomes, images))
            _pruned.Add(await ApplyAsync(entry, cancellationToken));
    }

    /// <returns>The images that are called otherwise now.</returns>
    private async Task<IReadOnlyCollection<GlanceImage>> NameLatestAsync(
        IReadOnlyList<RetentionLine> lines, ImageListing images, CancellationToken cancellationToken)
    {
        var renamed = new Dictionary<string, GlanceImage>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            try
            {
                foreach (var renaming in scope.Renamings(line, images))
                {
                    renamed[renaming.Image.Id] = await RenameAsync(renaming, cancellationToken);
                    _pruned.Add(Tell(renaming));
                }
            }
            catch (Exception refused) when (refused is CloudRefusedException or CloudUnavailableException)
            {
                _failures.Add($"The name of the newest {line.Distribution.Key} was not moved in {scope.Cloud}: {refused.Message}");
            }
        }

        return renamed.Values;
    }

    private async Task<GlanceImage> RenameAsync(Renaming renaming, CancellationToken cancellationToken)
    {
        if (dryRun)
            return renaming.Image with { Name = renaming.Name };

        await hold.RequireAsync(cancellationToken);
        return await scope.Glance.PatchAsync(renaming.Image.Id, renaming.Changes, cancellationToken);
    }

    private PruneOutcome Tell(Renaming renaming) => Tell(
        new SupersededImage(renaming.Image, PruneAction.Rename, By: ""),
        dryRun ? PruneResult.Planned : PruneResult.Done,
        $"the stable name moves with the newest revision: it is called {renaming.Name}");

    /// <summary>Whether users are left with what they are to be left with: looked at again,
    /// because a list is old the moment it is there.</summary>
    private async Task<bool> IsKeptAsync(string keeper, CancellationToken cancellationToken) =>
        await scope.Glance.ShowAsync(keeper, cancellationToken) is { } image && Twins.IsVisible(image) && GlanceProof.IsFinished(image);

    private async Task<PruneOutcome> ApplyAsync(SupersededImage entry, CancellationToken cancellationToken)
    {
        if (entry.Action is PruneAction.Delete && _deleted >= maxPrune)
            return Tell(entry, PruneResult.Postponed, $"prune.maxPrune allows {maxPrune} deletions in one run");

        _deleted += entry.Action is PruneAction.Delete ? 1 : 0;
        if (dryRun)
            return Tell(entry, PruneResult.Planned, Reason(entry));

        await hold.RequireAsync(cancellationToken);
        try
        {
            if (entry is { Action: PruneAction.Delete, Keeper: { } keeper } && !await IsKeptAsync(keeper, cancellationToken))
            {
                _deleted--;
                return Tell(
                    entry, PruneResult.Refused, $"image {keeper}, which was to stay in its place, is not there and visible any more");
            }

            await PruneSteps.TakeAsync(scope.Glance, entry, cancellationToken);
            return Tell(entry, PruneResult.Done, Reason(entry));
        }
        catch (CloudRefusedException refused) when (entry.Action is PruneAction.Delete)
        {
            _deleted--;
            return await HideInsteadAsync(entry, refused, cancellationToken);
        }
        catch (Exception failure) when (failure is CloudRefusedException or CloudUnavailableException)
        {
            // One bad image must not keep the others from being cleaned up.
            return Tell(entry, PruneResult.Refused, failure.Message);
        }
    }

    /// <summary>In use, protected or cloned: nobody new should find it, and the next run tries again.</summary>
    private async Task<PruneOutcome> HideInsteadAsync(
        SupersededImage entry, CloudRefusedException refused, CancellationToken cancellationToken)
    {
        if (entry.Image.OsHidden)
            return Tell(entry, PruneResult.Refused, refused.Message);

        try
        {
            await PruneSteps.TakeAsync(scope.Glance, entry with { Action = PruneAction.Hide }, cancellationToken);
            return Tell(entry, PruneResult.HiddenInstead, refused.Message);
        }
        catch (Exception failure) when (failure is CloudRefusedException or CloudUnavailableException)
        {
            return Tell(entry, PruneResult.Refused, refused.Message);
        }
    }

    private static string Reason(SupersededImage entry) =>
        entry.IsReplaced ? "it was published again, and the new image takes its place"
        : entry.TwinOf is { } twin ? $"image {twin} is of the same revision and content, and stays"
        : entry.By is "" ? "nobody needs it any more"
        : $"{entry.By} took its place";

    private PruneOutcome Tell(SupersededImage entry, PruneResult result, string reason) => new()
    {
        Distribution = ImageMarks.DistributionOf(entry.Image) ?? "",
        Cloud = scope.Cloud,
        ImageId = entry.Image.Id,
        ImageName = entry.Image.Name,
        Action = entry.Action,
        Result = result,
        Reason = reason,
    };
}

/// <summary>The steps of pruning in Glance's verbs.</summary>
internal static class PruneSteps
{
    public static Task TakeAsync(GlanceClient glance, SupersededImage entry, CancellationToken cancellationToken)
    {
        var image = entry.Image;
        return entry.Action switch
        {
            PruneAction.Rename =>
                glance.PatchAsync(image.Id, [PatchOperation.Set("name", SupersededName.Of(image.Name, entry.By))], cancellationToken),
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
