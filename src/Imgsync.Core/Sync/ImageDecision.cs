using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Publishing.Forms;
using Imgsync.Core.Staging;
using Imgsync.Core.Transfer;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Sync;

/// <summary>Asks all that the planner has to know of an image and a cloud, and lets it decide.</summary>
internal sealed class ImageDecision(DistributionCatalog catalog, CloudDirectory clouds, IStagingStore store, ImgsyncOptions options)
{
    /// <param name="listed">The cloud's images, where they are known.</param>
    public async Task<Plan> PlanAsync(
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
            lookups.Members.WarnNotAccepting(
                attempt, $"The user of cloud '{connection.Name}' has not the role admin, so nothing is accepted.");

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
}
