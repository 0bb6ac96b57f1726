using System.Net;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
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
            image = await attempt.TimeAsync(SyncStage.Resolve, () => VerifyAsync(attempt, spec, lookups, cancellationToken));
        }

        return await FollowAsync(attempt, spec, image, actions, hold, lookups, budget, cancellationToken);

        Task<Plan> DecideAsync(ImageListing? listed) =>
            this.DecideAsync(attempt, spec, image, hold.Run, lookups, listed, cancellationToken);
    }

    /// <summary>Plans by what has just been verified, and carries it out.</summary>
    private async Task<ImageOutcome> FollowAsync(
        ImageAttempt attempt, DistributionSpec spec, ResolvedImage image, ImageActions actions, RunHold hold, RunLookups lookups,
        TimeSpan budget, CancellationToken cancellationToken)
    {
        var work = attempt.Work;
        var plan = await attempt.TimeAsync(
            SyncStage.Settle, () => DecideAsync(attempt, spec, image, hold.Run, lookups, listed: null, cancellationToken));
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
            attempt.Warn(NotThere(plan.Offer));
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

    /// <summary>Mirrors leave large files out that their list has.</summary>
    private static string NotThere(ResolvedImage file) =>
        $"{file.Location.InMessages()} is listed and is not there, so the publisher's other file is taken; look at your mirror, or set "
            + $"overrides.{file.Distribution}.rawImageName to none.";

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

        var form = await FormAsync(connection.Name, publish, offer, lookups, cancellationToken);
        var situation = new Situation
        {
            Distribution = spec,
            Offer = form.Offer,
            Form = form,
            Images = listed ?? await ImageListing.ReadAsync(connection, spec.Key, form.Offer.Digests, cancellationToken),
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
    private async Task<ImageForm> FormAsync(
        string cloud, PublishOptions publish, ResolvedImage offer, RunLookups lookups, CancellationToken cancellationToken)
    {
        var stores = publish.DiskFormat is ImageFormat.Auto ? await lookups.StoresAsync(cloud, cancellationToken) : [];
        var form = ImageForm.Of(publish, offer, stores);
        if (form.Offer.ConvertTo is null || publish.Conversion is not ImageConversion.Glance)
            return form;

        form = form with { Offer = form.Offer with { MayBeConvertedByGlance = true } };
        var situation = await UploadSituation.OfAsync(
            form.Offer, publish.Upload, refused: false, store.WhyNoLinks, () => lookups.ImportsAsync(cloud, cancellationToken));
        return situation.ConvertedTo(UploadRule.Choose(situation).Way) is null ? form : form.ByGlance();
    }

    private async Task<ImageOutcome> BringToStagingAsync(
        ImageAttempt attempt, RunLookups lookups, TimeSpan budget, CancellationToken cancellationToken)
    {
        var spec = catalog.Get(attempt.Work.Distribution);
        var image = await attempt.TimeAsync(SyncStage.Resolve, () => VerifyAsync(attempt, spec, lookups, cancellationToken));
        var (started, all, fetched) = (time.GetTimestamp(), new List<StagedImage>(), false);
        var files = new Queue<ResolvedImage>(Wanted(spec, image));
        while (files.TryDequeue(out var file))
        {
            var staged = await store.FindAsync(file, cancellationToken);
            if (staged is null && attempt.Work.DryRun)
                return attempt.WouldPublish(file.Location.InMessages());
            if (staged is null)
            {
                // Where the first one took all the time, the next attempt goes on with the second.
                var left = budget == Timeout.InfiniteTimeSpan || !fetched ? budget : budget - time.GetElapsedTime(started);
                if (left < TimeSpan.Zero && left != budget)
                    return attempt.Unfinished();
                try
                {
                    staged = await attempt.TimeAsync(
                        SyncStage.Transfer, () => transfer.StageAsync(attempt, file, left, cancellationToken));
                    fetched = true;
                }
                catch (UpstreamException missing) when (missing.IsMissing && file.Digest != image.Digest)
                {
                    attempt.Warn(NotThere(file));
                    if (all is [] && files.Count == 0)
                        files.Enqueue(image);
                    continue;
                }
            }

            if (staged is null)
                return attempt.Unfinished();
            all.Add(staged);
        }

        return attempt.Staged(all[0], fetched ? "downloaded, verified and staged" : "staged already");
    }

    /// <summary>The publisher's files of an image that the clouds of the settings are to have. Nobody asks a cloud for its stores here.
    /// </summary>
    private IEnumerable<ResolvedImage> Wanted(DistributionSpec spec, ResolvedImage image) => options.Clouds
        .Where(cloud => cloud.Distributions?.Contains(spec.Key, StringComparer.Ordinal) ?? true)
        .Select(cloud => ImageForm.Of(options.PublishFor(cloud, spec.Key, spec.Visibility), image, stores: []).Offer)
        .DefaultIfEmpty(image)
        .Select(file => file with { ConvertTo = null })
        .DistinctBy(file => file.Digest);

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
