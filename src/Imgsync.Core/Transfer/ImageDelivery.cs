using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Publishing.Forms;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Transfer;

/// <summary>Brings an image that is planned into a cloud, and makes it visible: at once where it is sent, and when Glance's import has
/// ended where Glance takes it over.</summary>
internal sealed class ImageDelivery(CloudDirectory clouds, ImageTransfer transfer, IStagingStore store, ImgsyncOptions options)
{
    /// <summary>Looks whether an import has ended, and publishes what came of it.</summary>
    /// <returns>No image while Glance is at it.</returns>
    public async Task<(GlanceImage? Image, ContentFacts? Content)> GoOnAsync(
        ImageAttempt attempt, DistributionSpec spec, ResolvedImage image, GlanceImage importing, RunHold hold,
        CancellationToken cancellationToken)
    {
        var (cloud, mark) = (attempt.Work.Cloud!, ImportMark.Of(importing)!);
        var publish = options.PublishFor(clouds.Options(cloud), spec.Key, spec.Visibility);
        var publisher = await clouds.PublisherAsync(cloud, hold, cancellationToken);
        var now = await clouds.Connect(cloud).Keystone.GetTimeAsync(cancellationToken);
        var import = publisher.Resume(importing, mark, spec, publish, now);
        try
        {
            var published = await attempt.TimeAsync(SyncStage.Publish, () => import.EndAsync(cancellationToken));
            attempt.LookAgainAfter = published is null ? GlanceImport.Wait(mark, now) : null;
            return (published, mark.Facts);
        }
        catch (ImgsyncException failure) when (mark.Link is not null && (failure is IntegrityException || mark.ConvertTo is not null))
        {
            // It may be the copy's fault, which Glance was perhaps the first to read to its end.
            if (import.IsOver)
                await transfer.ProveAsync(image, cancellationToken);
            throw;
        }
        finally
        {
            if (import.IsOver && mark.Link is { } link)
                await store.UnlinkAsync(StagedImage.NameOf(image), link, CancellationToken.None);
        }
    }

    /// <summary>Brings it there the way that suits the cloud. One that turns out to take no uploads gets it another way.</summary>
    /// <inheritdoc cref="PublishOnceAsync" path="/returns"/>
    public async Task<(GlanceImage? Image, ContentFacts? Content)> PublishAsync(
        ImageAttempt attempt, DistributionSpec spec, ResolvedImage image, PlannedAction publication, RunHold hold, TimeSpan budget,
        CancellationToken cancellationToken)
    {
        try
        {
            return await PublishOnceAsync(attempt, spec, image, publication, hold, budget, cancellationToken);
        }
        catch (UploadsRefusedException)
        {
            return await PublishOnceAsync(attempt, spec, image, publication, hold, budget, cancellationToken);
        }
    }

    /// <returns>Nothing when the budget was spent: the bytes so far are kept for the next attempt. No image when Glance goes on by
    /// itself.</returns>
    private async Task<(GlanceImage? Image, ContentFacts? Content)> PublishOnceAsync(
        ImageAttempt attempt,
        DistributionSpec spec,
        ResolvedImage image,
        PlannedAction publication,
        RunHold hold,
        TimeSpan budget,
        CancellationToken cancellationToken)
    {
        var cloud = attempt.Work.Cloud!;
        var publisher = await clouds.PublisherAsync(cloud, hold, cancellationToken);
        var publish = options.PublishFor(clouds.Options(cloud), spec.Key, spec.Visibility);
        var replaces = Twins.ReplacedBy(publication.Image).ToList();
        var stagedFirst = attempt.Work.StagedFirst || options.Pipeline is Pipeline.StagedFirst;
        var (upload, content) = await attempt.TimeAsync(SyncStage.Transfer, () => transfer.SendAsync(
            attempt, image,
            () => publisher.BeginAsync(spec, image, publish, replaces, store.WhyNoLinks, publication.Image.OsHashAlgo, cancellationToken),
            stagedFirst, publish.LinkLifetime, budget, cancellationToken));
        await using (upload)
        {
            attempt.Warn(upload.Warning);
            if (image.MayBeConvertedByGlance && upload.ConvertedTo is null)
                attempt.Goes(ImageForm.ByUs(image));
            if (content is null)
                return (null, null);

            var published = await attempt.TimeAsync(SyncStage.Publish, async () =>
            {
                await upload.CompleteAsync(content, cancellationToken);
                return upload.Import is null ? await upload.PublishAsync(cancellationToken) : null;
            });
            if (upload.Import is { } import)
                attempt.LookAgainAfter = GlanceImport.Wait(import, import.Since);
            return (published, content.Facts);
        }
    }
}
