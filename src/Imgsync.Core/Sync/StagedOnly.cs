using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Publishing.Forms;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Transfer;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Sync;

/// <summary>An image on its way to staging and no further: <c>sync --download-only</c>.</summary>
internal sealed class StagedOnly(ImageTransfer transfer, IStagingStore store, ImgsyncOptions options, TimeProvider time)
{
    public async Task<ImageOutcome> BringAsync(
        ImageAttempt attempt, DistributionSpec spec, RunLookups lookups, TimeSpan budget, CancellationToken cancellationToken)
    {
        var image = await attempt.TimeAsync(SyncStage.Resolve, () => lookups.VerifyAsync(attempt, spec, cancellationToken));
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
                    attempt.WarnNotThere(file);
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
}
