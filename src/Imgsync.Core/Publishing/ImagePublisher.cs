using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Publishing;

/// <summary>Makes what was decided in one cloud: private first, visible when verified.</summary>
/// <param name="hold">Asked before anything is published, changed or removed.</param>
public sealed partial class ImagePublisher(CloudConnection cloud, RunMark run, RunHold hold, ILogger<ImagePublisher> logger)
{
    /// <summary>Creates the private image and makes sure that it may be published, before a byte of it moves.</summary>
    public async Task<GlanceUpload> BeginAsync(
        DistributionSpec spec, ResolvedImage image, PublishOptions options, IReadOnlyList<string> replaces,
        CancellationToken cancellationToken)
    {
        await cloud.Glance.Stores.RequireAsync(options.Stores, cancellationToken);
        var created = await cloud.Glance.CreateAsync(
            new NewImage
            {
                Id = Guid.NewGuid(),
                Name = ImageDescription.Name(spec, image, options),
                DiskFormat = image.DiskFormat,
                MinRam = spec.MinRam,
                Properties = ImageDescription.Properties(spec, image, options, run, replaces),
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

    /// <summary>Removes what a dead run left half made.</summary>
    /// <exception cref="RunLockLostException">The run has lost its lock: a leftover may be a live run's work.</exception>
    public async Task RemoveAsync(IEnumerable<GlanceImage> leftovers, CancellationToken cancellationToken)
    {
        foreach (var leftover in leftovers)
        {
            await hold.RequireAsync(cancellationToken);
            LogLeftover(leftover.Name, leftover.Id, leftover.Status, cloud.Name);
            await cloud.Glance.DeleteAsync(leftover.Id, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Image {Name} ({Id}) in {Cloud} was brought in line with the settings: {Changes}")]
    private partial void LogUpdated(string name, string id, string cloud, MetadataChanges changes);

    [LoggerMessage(LogLevel.Warning, "Removing image {Name} ({Id}), left {Status} in {Cloud} by a run that did not end")]
    private partial void LogLeftover(string name, string id, string status, string cloud);
}
