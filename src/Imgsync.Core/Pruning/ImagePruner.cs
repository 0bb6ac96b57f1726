using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Pruning;

/// <summary>The last step of a run in one cloud: carries out what was planned about superseded images and what dead runs left.</summary>
internal sealed class ImagePruner(CloudConnection cloud, CleanUp cleanUp, ImageActions actions, int maxPrune, bool dryRun)
{
    private readonly List<RunAction> _taken = [];
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
        var plan = await PlanAsync(outcomes, early, cancellationToken);
        try
        {
            foreach (var action in plan)
                _taken.Add(await TakeAsync(action, cancellationToken));
        }
        catch (ImgsyncException stopped)
        {
            _failures.Add($"Cleaning up {cloud.Name} stopped half way: {stopped.Message}");
        }

        return new PruneReport(_taken, _failures);
    }

    /// <summary>A list from early in the run may be enough to see that nothing is to be done. Whatever is to be done is decided
    /// by a list of its own: that one may be hours old, and does not show what the run has published since.</summary>
    private async Task<IReadOnlyList<PlannedAction>> PlanAsync(
        IReadOnlyList<ImageOutcome> outcomes, ImageListing? early, CancellationToken cancellationToken)
    {
        if (early is not null && outcomes.All(
            outcome => outcome is { Kind: OutcomeKind.UpToDate, ImageId: { } id } && early.Find(id) is not null))
        {
            var hidden = await ImageListing.ReadAsync(cloud, hidden: true, cancellationToken);
            var plan = cleanUp.Decide(outcomes, early.And(hidden));
            if (plan.All(action => action.Kind is ActionKind.Leave))
                return plan;
        }

        return cleanUp.Decide(outcomes, await ImageListing.ReadAsync(cloud, cancellationToken));
    }

    private async Task<RunAction> TakeAsync(PlannedAction action, CancellationToken cancellationToken)
    {
        if (action.Kind is ActionKind.Leave)
            return Tell(action, ActionResult.Left);
        if (action.Kind is ActionKind.Delete && _deleted >= maxPrune)
            return Tell(action, ActionResult.Postponed, $"prune.maxPrune allows {maxPrune} deletions in one run");
        if (action.MovesName && _taken.Exists(taken => IsBefore(taken, action)))
            return Tell(action, ActionResult.Refused, "the newest image could not be given the name");

        _deleted += action.Kind is ActionKind.Delete ? 1 : 0;
        if (dryRun)
            return Tell(action, ActionResult.Planned);

        var taken = await TryAsync(action, cancellationToken);
        _deleted -= action.Kind is ActionKind.Delete && taken.Result is not ActionResult.Done ? 1 : 0;
        return taken;
    }

    /// <summary>Whether a step before this one of moving the same stable name has failed.</summary>
    private static bool IsBefore(RunAction taken, PlannedAction action) =>
        taken is { Kind: ActionKind.Rename, Result: ActionResult.Refused }
        && taken.Distribution == ImageMarks.DistributionOf(action.Image);

    private async Task<RunAction> TryAsync(PlannedAction action, CancellationToken cancellationToken)
    {
        try
        {
            if (action.Keeper is { } keeper && !await IsKeptAsync(keeper, cancellationToken))
                return Tell(
                    action, ActionResult.Refused, $"image {keeper}, which was to stay in its place, is not there and visible any more");

            await actions.TakeAsync(action, cancellationToken);
            return Tell(action, ActionResult.Done);
        }
        catch (CloudRefusedException refused) when (action.Kind is ActionKind.Delete)
        {
            return await HideInsteadAsync(action, refused, cancellationToken);
        }
        catch (Exception failure) when (failure is CloudRefusedException or CloudUnavailableException)
        {
            // One bad image must not keep the others from being cleaned up.
            if (action.MovesName)
                _failures.Add(
                    $"The name of the newest {ImageMarks.DistributionOf(action.Image)} was not moved in {cloud.Name}: {failure.Message}");
            return Tell(action, ActionResult.Refused, failure.Message);
        }
    }

    /// <summary>Whether users are left with what they are to be left with: looked at again,
    /// because a list is old the moment it is there.</summary>
    private async Task<bool> IsKeptAsync(string keeper, CancellationToken cancellationToken) =>
        await cloud.Glance.ShowAsync(keeper, cancellationToken) is { } image && KnownImage.IsVisible(image) && KnownImage.IsFinished(image);

    /// <summary>In use, protected meanwhile or cloned: nobody new should find it, and the next run tries again.</summary>
    private async Task<RunAction> HideInsteadAsync(
        PlannedAction action, CloudRefusedException refused, CancellationToken cancellationToken)
    {
        if (action.Image.OsHidden)
            return Tell(action, ActionResult.Refused, refused.Message);

        try
        {
            await actions.TakeAsync(RetirementStep.Of(ActionKind.Hide, action.Image, successor: "", refused.Message), cancellationToken);
            return Tell(action, ActionResult.HiddenInstead, refused.Message);
        }
        catch (Exception failure) when (failure is CloudRefusedException or CloudUnavailableException)
        {
            return Tell(action, ActionResult.Refused, refused.Message);
        }
    }

    private RunAction Tell(PlannedAction action, ActionResult result, string? reason = null) =>
        action.Tell(cloud.Name, ImageMarks.DistributionOf(action.Image) ?? "", result, reason);
}
