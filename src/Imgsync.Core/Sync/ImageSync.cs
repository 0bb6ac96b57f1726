using System.Net;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Pruning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Publishing.Forms;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;
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
    private readonly ImageDelivery _delivery = new(clouds, transfer, store, options);

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
                : BringToStagingAsync(attempt, lookups, budget, inTime)), cancellationToken);
            LogEnded(work.Distribution, work.Target, Word.Of(outcome.Kind), outcome.Reason);
            if (outcome.Warning is { } warning)
                LogWarning(work.Distribution, work.Target, warning);
            return new SyncResult(outcome, LookAgainAfter: attempt.LookAgainAfter);
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
                await CarryOutAsync(known.Actions, current);
                return Stands(attempt, known);
            }

            // Whatever is to be done is done with what has just been verified.
            image = await attempt.TimeAsync(SyncStage.Resolve, () => VerifyAsync(attempt, spec, lookups, cancellationToken));
        }

        var plan = await attempt.TimeAsync(SyncStage.Settle, () => DecideAsync(listed: null));
        if (plan.Refusal is { } refusal)
            return attempt.Refused(refusal);

        var before = plan.Actions.TakeWhile(action => action.Kind is not ActionKind.Publish).ToList();
        await CarryOutAsync(before, plan.Current);
        if (plan.Actions.FirstOrDefault(action => action.Kind is ActionKind.Publish) is not { } publication)
            return Stands(attempt, plan);

        // A loop of uploads that somebody else deletes must come to an end.
        if (work.Importing && plan.Importing is null)
            throw new CloudUnavailableException(
                $"The image that cloud '{cloud}' was importing was gone when it was looked at again; find out who deletes unfinished "
                    + "images there.");

        var (published, content) = work.DryRun
            ? (publication.Image, null)
            : plan.Importing is { } importing
                ? await _delivery.GoOnAsync(attempt, spec, plan.Offer!, importing, hold, cancellationToken)
                : await _delivery.PublishAsync(attempt, spec, plan.Offer!, publication, hold, budget, cancellationToken);
        if (published is null)
            return content is null ? attempt.Unfinished() : attempt.Importing(content);

        attempt.Took(publication with { Image = published });
        await CarryOutAsync(plan.Actions.Skip(before.Count + 1), published);
        return content is null ? attempt.WouldPublish(published.Name) : attempt.Published(published, content);

        Task<Plan> DecideAsync(ImageListing? listed) =>
            this.DecideAsync(attempt, spec, image, hold.Run, lookups, listed, cancellationToken);

        async Task CarryOutAsync(IEnumerable<PlannedAction> planned, GlanceImage? subject)
        {
            foreach (var action in planned.Select(action => PlannedImage.Is(action.Image) ? action with { Image = subject! } : action))
                await TakeAsync(attempt, actions, action, lookups.Members, cancellationToken);
        }
    }

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
            WarnNotAccepting(attempt, members, refused.Message);
        }
    }

    /// <summary>Once in a run and cloud.</summary>
    private static void WarnNotAccepting(ImageAttempt attempt, MemberLookups members, string why)
    {
        if (members.NoteNotAccepting(attempt.Work.Cloud!))
            attempt.Warn(
                $"{why} Only the project or an administrator may accept an image: sign in as one, or set "
                    + "publish.acceptMembers to false and let each project run openstack image set --accept.");
    }

    /// <param name="listed">The cloud's images, where they are known.</param>
    private async Task<Plan> DecideAsync(
        ImageAttempt attempt,
        DistributionSpec spec,
        ResolvedImage offer,
        RunId run,
        RunLookups lookups,
        ImageListing? listed,
        CancellationToken cancellationToken)
    {
        var connection = clouds.Connect(attempt.Work.Cloud!);
        var wanted = options.PublishFor(clouds.Options(connection.Name), spec.Key, spec.Visibility);
        var publish = await lookups.Members.SettleAsync(connection.Name, wanted, cancellationToken);
        if (wanted.AcceptMembers && !publish.AcceptMembers)
            WarnNotAccepting(
                attempt, lookups.Members, $"The user of cloud '{connection.Name}' has not the role admin, so nothing is accepted.");

        var (form, formed) = await FormAsync(connection.Name, publish, offer, lookups, cancellationToken);
        var situation = new Situation
        {
            Distribution = spec,
            Offer = formed,
            Form = form,
            Images = listed ?? await ImageListing.ReadAsync(connection, cancellationToken),
            Publish = publish,
            Run = await clouds.MarkAsync(run, cancellationToken),
            Now = await connection.Keystone.GetTimeAsync(cancellationToken),
            Catalogue = catalog.All,
            Force = attempt.Work.Force,
        };
        if (Planner.Current(situation) is { } current && Upkeep.AsksForMembers(current, situation.Publish))
            situation = situation with { Members = await connection.Glance.Members.ListAsync(current.Id, cancellationToken) };
        var plan = Planner.Decide(situation);
        attempt.Goes(form.Way);
        attempt.Warn(plan.Warning);
        return plan;
    }

    /// <summary>Which form the image is to have there, and who is to make it.</summary>
    private async Task<(ImageForm Form, ResolvedImage Offer)> FormAsync(
        string cloud, PublishOptions publish, ResolvedImage offer, RunLookups lookups, CancellationToken cancellationToken)
    {
        var stores = publish.DiskFormat is ImageFormat.Auto ? await lookups.StoresAsync(cloud, cancellationToken) : [];
        var form = ImageForm.Of(publish, offer, stores);
        var formed = offer with { ConvertTo = form.ConvertTo };
        if (form.ConvertTo is null || publish.Conversion is not ImageConversion.Glance)
            return (form, formed);

        formed = formed with { MayBeConvertedByGlance = true };
        var situation = await UploadSituation.OfAsync(
            formed, publish.Upload, refused: false, store.WhyNoLinks, () => lookups.ImportsAsync(cloud, cancellationToken));
        return (situation.ConvertedTo(UploadRule.Choose(situation).Way) is null ? form : form.ByGlance(), formed);
    }

    private async Task<ImageOutcome> BringToStagingAsync(
        ImageAttempt attempt, RunLookups lookups, TimeSpan budget, CancellationToken cancellationToken)
    {
        var spec = catalog.Get(attempt.Work.Distribution);
        var image = await attempt.TimeAsync(SyncStage.Resolve, () => VerifyAsync(attempt, spec, lookups, cancellationToken));
        if (await store.FindAsync(image, cancellationToken) is { } present)
            return attempt.Staged(present, "staged already");
        if (attempt.Work.DryRun)
            return attempt.WouldPublish(image.Location.InMessages());

        var staged = await attempt.TimeAsync(SyncStage.Transfer, () => transfer.StageAsync(attempt, image, budget, cancellationToken));
        return staged is null ? attempt.Unfinished() : attempt.Staged(staged, "downloaded, verified and staged");
    }

    private static async Task<(ResolvedImage Image, bool IsVerified)> ResolveAsync(
        ImageAttempt attempt, DistributionSpec spec, RunLookups lookups, CancellationToken cancellationToken) =>
        !attempt.Work.Force && await lookups.RecallAsync(spec, cancellationToken) is { } known
            ? (attempt.Resolved(known), false)
            : (await VerifyAsync(attempt, spec, lookups, cancellationToken), true);

    private static async Task<ResolvedImage> VerifyAsync(
        ImageAttempt attempt, DistributionSpec spec, RunLookups lookups, CancellationToken cancellationToken) =>
        attempt.Resolved(await lookups.ResolveAsync(spec, remember: !attempt.Work.DryRun, cancellationToken));

    [LoggerMessage(LogLevel.Information, "{Distribution} for {Target}: started")]
    private partial void LogStarted(string distribution, string target);

    [LoggerMessage(LogLevel.Information, "{Distribution} for {Target}: {Kind}, {Reason}")]
    private partial void LogEnded(string distribution, string target, string kind, string reason);

    [LoggerMessage(LogLevel.Warning, "{Distribution} for {Target}: {Warning}")]
    private partial void LogWarning(string distribution, string target, string warning);

    [LoggerMessage(LogLevel.Debug, "{Distribution} for {Target}: failed")]
    private partial void LogFailed(Exception failure, string distribution, string target);
}
