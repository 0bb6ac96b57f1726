using System.Net;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Pruning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;
using Imgsync.Core.Transfer;
using Imgsync.Core.Upstream;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Sync;

/// <summary>One image through all stages: resolve, ask whether the cloud has it, transfer, publish. It has the one catch: whatever goes
/// wrong with an image is that image's outcome, and says what was moved until then, so that one image never stops another.</summary>
public sealed partial class ImageSync(
    DistributionCatalog catalog,
    CloudDirectory clouds,
    ImageTransfer transfer,
    IStagingStore store,
    ImgsyncOptions options,
    Measurements measurements,
    TimeProvider time,
    ILogger<ImageSync> logger)
{
    private readonly ImageDecision _decision = new(catalog, clouds, store, options);
    private readonly ImageDelivery _delivery = new(clouds, transfer, store, options);
    private readonly StagedOnly _staging = new(transfer, store, options, time);

    /// <summary>Tries once to do the work for an image, or as much of it as the budget allows.</summary>
    /// <param name="hold">The run's lock, which is asked before anything changes in Glance.</param>
    /// <param name="lookups">What the run's images ask in common.</param>
    /// <param name="deadline">How long all attempts at the image may take together.</param>
    /// <param name="budget">How long new bytes may come in this attempt; then the outcome is
    /// <see cref="OutcomeKind.Unfinished"/> and they are kept.</param>
    public async Task<SyncResult> AttemptAsync(
        SyncWork work, RunHold hold, RunLookups lookups, ImageDeadline deadline, TimeSpan budget, IProgress<ImageProgress> progress,
        CancellationToken cancellationToken)
    {
        var attempt = new ImageAttempt(work, time, progress, measurements);
        using var scope = EventScope.Begin(logger, work);
        LogStarted(work.Distribution, work.Target);
        try
        {
            var outcome = await deadline.KeepAsync(inTime => attempt.TraceAsync(() => work.Cloud is { } cloud
                ? BringToCloudAsync(attempt, cloud, hold, lookups, budget, inTime)
                : _staging.BringAsync(attempt, catalog.Get(work.Distribution), lookups, budget, inTime)), cancellationToken);
            LogEnded(work.Distribution, work.Target, Word.Of(outcome.Kind), outcome.Reason);
            if (outcome.Warning is { } warning)
                LogWarning(work.Distribution, work.Target, warning);
            return new SyncResult(outcome, LookAgainAfter: attempt.LookAgainAfter, NeedsTurn: attempt.NeedsTurn);
        }
        catch (Exception failure)
        {
            LogFailed(failure, work.Distribution, work.Target);
            return new SyncResult(attempt.Failed(failure), MayPass: failure is RetriableException);
        }
    }

    private async Task<ImageOutcome> BringToCloudAsync(
        ImageAttempt attempt, string cloud, RunHold hold, RunLookups lookups, TimeSpan budget, CancellationToken cancellationToken)
    {
        var work = attempt.Work;
        var spec = catalog.Get(work.Distribution);
        var actions = new ImageActions(cloud, clouds.Connect(cloud).Glance, hold, logger);

        // The usual answer, that Glance has it, comes the short way, from what is remembered and still holds.
        var (image, isVerified) = await attempt.TimeAsync(SyncStage.Resolve, () => ResolveAsync(attempt, spec, lookups, cancellationToken));
        if (!isVerified)
        {
            var known = await attempt.TimeAsync(
                SyncStage.Settle, async () => await DecideAsync(await lookups.ListAsync(cloud, cancellationToken)));
            if (known is { IsPlain: true, Current: { } current })
            {
                await CarryOutAsync(attempt, actions, known.Actions, current, lookups.Members, cancellationToken);
                return Stands(attempt, known);
            }

            // Whatever is to be done is done with what has just been verified.
            image = await attempt.TimeAsync(SyncStage.Resolve, () => lookups.VerifyAsync(attempt, spec, cancellationToken));
        }

        return await FollowAsync(attempt, spec, image, actions, hold, lookups, budget, cancellationToken);

        Task<Plan> DecideAsync(ImageListing? listed) =>
            _decision.PlanAsync(attempt, spec, image, hold.Run, lookups, listed, cancellationToken);
    }

    /// <summary>Plans by what has just been verified, and carries it out.</summary>
    private async Task<ImageOutcome> FollowAsync(
        ImageAttempt attempt, DistributionSpec spec, ResolvedImage image, ImageActions actions, RunHold hold, RunLookups lookups,
        TimeSpan budget, CancellationToken cancellationToken)
    {
        var work = attempt.Work;
        var plan = await attempt.TimeAsync(
            SyncStage.Settle, () => _decision.PlanAsync(attempt, spec, image, hold.Run, lookups, listed: null, cancellationToken));
        if (plan.Refusal is { } refusal)
            return attempt.Refused(refusal);

        var before = plan.Actions.TakeWhile(action => action.Kind is not ActionKind.Publish).ToList();
        await CarryOutAsync(attempt, actions, before, plan.Current, lookups.Members, cancellationToken);
        if (plan.Actions.FirstOrDefault(action => action.Kind is ActionKind.Publish) is not { } publication)
            return Stands(attempt, plan);

        // A loop of uploads that somebody else deletes must come to an end.
        if (work.Importing && plan.Importing is null)
            throw new CloudUnavailableException(
                $"The image that cloud '{work.Cloud}' was importing was gone when it was looked at again; find out who deletes unfinished "
                    + "images there.");

        if (work is { StagedOnly: true, DryRun: false } && plan.Importing is null
            && await store.FindAsync(plan.Offer!, cancellationToken) is null)
            return attempt.Waiting();

        (GlanceImage? Image, ContentFacts? Content) published;
        try
        {
            published = work.DryRun
                ? (publication.Image, null)
                : plan.Importing is { } importing
                    ? await _delivery.GoOnAsync(attempt, spec, FileOf(importing, plan.Offer!), importing, hold, cancellationToken)
                    : await _delivery.PublishAsync(attempt, spec, plan.Offer!, publication, hold, budget, cancellationToken);
        }
        catch (UpstreamException missing) when (missing.IsMissing && plan.Offer!.Digest != image.Digest)
        {
            attempt.WarnNotThere(plan.Offer);
            var rest = image with { Other = null };
            lookups.Know(spec.Key, new Resolution(rest, IsVerified: true)); // no other cloud of this run needs to find that out
            return await FollowAsync(attempt, spec, rest, actions, hold, lookups, budget, cancellationToken);
        }

        if (published.Image is null)
            return published.Content is null ? attempt.Unfinished() : attempt.Importing(published.Content);

        attempt.Took(publication with { Image = published.Image });
        await CarryOutAsync(
            attempt, actions, plan.Actions.Skip(before.Count + 1), published.Image, lookups.Members, cancellationToken);
        return published.Content is null
            ? attempt.WouldPublish(published.Image.Name)
            : attempt.Published(published.Image, published.Content);
    }

    /// <param name="subject">The image that takes the place of one that was only planned.</param>
    private static async Task CarryOutAsync(
        ImageAttempt attempt, ImageActions actions, IEnumerable<PlannedAction> planned, GlanceImage? subject, MemberLookups members,
        CancellationToken cancellationToken)
    {
        foreach (var action in planned.Select(action => PlannedImage.Is(action.Image) ? action with { Image = subject! } : action))
            await TakeAsync(attempt, actions, action, members, cancellationToken);
    }

    /// <summary>The one of the offer's files that Glance is importing.</summary>
    private static ResolvedImage FileOf(GlanceImage importing, ResolvedImage offer) =>
        ImportMark.Of(importing)!.Published.Are(offer.Digest) ? offer : offer.WithOther();

    private static ImageOutcome Stands(ImageAttempt attempt, Plan plan) =>
        plan.IsHeld ? attempt.Held(plan.Current!) : attempt.UpToDate(plan.Current!);

    /// <summary>Takes an action; a dry run only notes it. A cloud that does not let us accept for others is no reason to stop.</summary>
    private static async Task TakeAsync(
        ImageAttempt attempt, ImageActions actions, PlannedAction action, MemberLookups members, CancellationToken cancellationToken)
    {
        try
        {
            if (!attempt.Work.DryRun)
                await actions.TakeAsync(action, cancellationToken);
            attempt.Took(action);
        }
        catch (CloudRefusedException refused) when (action.AcceptedMembers is not [] && refused.Status is HttpStatusCode.Forbidden)
        {
            attempt.Missed(action, refused.Message);
            members.WarnNotAccepting(attempt, refused.Message);
        }
    }

    private static async Task<(ResolvedImage Image, bool IsVerified)> ResolveAsync(
        ImageAttempt attempt, DistributionSpec spec, RunLookups lookups, CancellationToken cancellationToken) =>
        !attempt.Work.Force && await lookups.RecallAsync(spec, cancellationToken) is { } known
            ? (attempt.Resolved(known), false)
            : (await lookups.VerifyAsync(attempt, spec, cancellationToken), true);

    [LoggerMessage(LogLevel.Information, "{Distribution} for {Target}: started")]
    private partial void LogStarted(string distribution, string target);

    [LoggerMessage(LogLevel.Information, "{Distribution} for {Target}: {Kind}, {Reason}")]
    private partial void LogEnded(string distribution, string target, string kind, string reason);

    [LoggerMessage(LogLevel.Warning, "{Distribution} for {Target}: {Warning}")]
    private partial void LogWarning(string distribution, string target, string warning);

    [LoggerMessage(LogLevel.Debug, "{Distribution} for {Target}: failed")]
    private partial void LogFailed(Exception failure, string distribution, string target);
}
