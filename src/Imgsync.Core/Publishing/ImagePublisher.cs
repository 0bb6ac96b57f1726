using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Publishing;

/// <summary>Decides what one cloud lacks, and makes it: private first, visible when verified.</summary>
/// <param name="hold">Asked before anything is published, changed or removed.</param>
public sealed partial class ImagePublisher(CloudConnection cloud, RunMark run, RunHold hold, ILogger<ImagePublisher> logger)
{
    /// <summary>The image that already is what upstream was last seen to offer, if there is nothing else to say about it: its marks, made
    /// when it was verified, agree, and nothing half made is beside it. Null means no more than that one has to look closer.</summary>
    /// <param name="listed">The cloud's images that are not hidden, where they are known, and not much older than this run.</param>
    public async Task<GlanceImage?> RecogniseAsync(ResolvedImage known, ImageListing? listed, CancellationToken cancellationToken)
    {
        var candidates = listed is null
            ? await FindAsync(known, cancellationToken)
            : [.. listed.MarkedWith(known.Digest)];
        var isClear = candidates.All(candidate => IsPublished(candidate, known));
        return candidates is [var published, ..] && isClear && AgreesWith(published, known)
            ? published
            : null;
    }

    /// <summary>The image that already is what upstream offers, or null. Leftovers of a dead run are removed on the way.</summary>
    /// <exception cref="RunLockLostException">The run has lost its lock: a leftover may be a live run's work.</exception>
    public async Task<GlanceImage?> SettleAsync(ResolvedImage image, bool dryRun, CancellationToken cancellationToken)
    {
        GlanceImage? published = null;
        var now = await cloud.Keystone.GetTimeAsync(cancellationToken);
        foreach (var candidate in await FindAsync(image, cancellationToken))
        {
            if (IsPublished(candidate, image))
            {
                published ??= candidate; // the newest of several: the list begins with it
            }
            else if (!dryRun && IsLeftover(candidate, image, now))
            {
                await hold.RequireAsync(cancellationToken);
                await RemoveAsync(candidate, cancellationToken);
            }
        }

        return published;
    }

    /// <summary>Creates the private image and makes sure that it may be published, before a byte of it moves.</summary>
    public async Task<GlanceUpload> BeginAsync(
        DistributionSpec spec, ResolvedImage image, PublishOptions options, CancellationToken cancellationToken)
    {
        await cloud.Glance.Stores.RequireAsync(options.Stores, cancellationToken);
        var created = await cloud.Glance.CreateAsync(
            new NewImage
            {
                Id = Guid.NewGuid(),
                Name = ImageDescription.Name(spec, image, options),
                DiskFormat = image.DiskFormat,
                MinRam = spec.MinRam,
                Properties = ImageDescription.Properties(spec, image, options, run),
            },
            cancellationToken);
        var upload = new GlanceUpload(cloud.Glance, created, options, hold, logger);
        try
        {
            await Publication.RehearseAsync(cloud.Glance, created, options.Visibility, cancellationToken);
            return upload;
        }
        catch
        {
            await upload.DisposeAsync();
            throw;
        }
    }

    /// <summary>Brings a published image's metadata in line with the settings, and does for a new one what its patch could not.</summary>
    /// <returns>What was changed; in a dry run, what would be.</returns>
    internal async Task<MetadataChanges> UpdateMetadataAsync(
        GlanceImage image, DistributionSpec spec, PublishOptions options, bool dryRun, CancellationToken cancellationToken)
    {
        var upkeep = new MetadataUpdate(cloud.Glance);
        var due = await upkeep.FindAsync(image, spec, options, cancellationToken);
        if (due.IsNothing || dryRun)
            return due;

        await hold.RequireAsync(cancellationToken);
        await upkeep.ApplyAsync(image, due, cancellationToken);
        LogUpdated(image.Name, image.Id, cloud.Name, due);
        return due;
    }

    /// <summary>Everything of our project's that is marked with the published digest, finished or not, and not hidden.</summary>
    private async Task<IReadOnlyList<GlanceImage>> FindAsync(ResolvedImage image, CancellationToken cancellationToken)
    {
        var project = (await cloud.Keystone.GetTokenAsync(cancellationToken)).ProjectId;
        var query = new ImageQuery
        {
            Owner = project,
            Properties = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ImageMarks.Source] = ImageMarks.Imgsync,
                [ImageMarks.Digest(image.Digest.Algorithm)] = image.Digest.Hex,
            },
        };

        // The filter is Glance's; that an image of somebody else's never counts as ours is worth a second look.
        return await cloud.Glance.ListAsync(query, cancellationToken)
            .Where(found => ImageMarks.AreOn(found, project))
            .ToListAsync(cancellationToken);
    }

    private static bool AgreesWith(GlanceImage published, ResolvedImage known) =>
        published.Properties.GetValueOrDefault(ImageMarks.Revision) == known.Revision
        && published.Properties.GetValueOrDefault(ImageMarks.SignedBy) == known.Provenance.SignedBy;

    /// <summary>An image that an operator deactivated counts, too: it must not come back as a fresh copy.</summary>
    private static bool IsPublished(GlanceImage found, ResolvedImage image) => found.Status switch
    {
        "active" or "deactivated" => GlanceProof.Holds(found, image.Digest) || GlanceProof.HoldsByLegacyMark(found, image.Digest),
        _ => false,
    };

    /// <summary>Of this very run, only an earlier attempt at the same distribution:
    /// another one may be uploading the same content.</summary>
    private bool IsLeftover(GlanceImage found, ResolvedImage image, DateTimeOffset now) =>
        found.Properties.TryGetValue(ImageMarks.Run, out var mark)
        && run.IsOver(mark, found.UpdatedAt, now)
        && (mark != run.ToString() || ImageMarks.DistributionOf(found) == image.Distribution);

    private async Task RemoveAsync(GlanceImage leftover, CancellationToken cancellationToken)
    {
        LogLeftover(leftover.Name, leftover.Id, leftover.Status, cloud.Name);
        await cloud.Glance.DeleteAsync(leftover.Id, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Image {Name} ({Id}) in {Cloud} was brought in line with the settings: {Changes}")]
    private partial void LogUpdated(string name, string id, string cloud, MetadataChanges changes);

    [LoggerMessage(LogLevel.Warning, "Removing image {Name} ({Id}), left {Status} in {Cloud} by a run that did not end")]
    private partial void LogLeftover(string name, string id, string status, string cloud);
}
