using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Publishing;

/// <summary>Makes images in one cloud: private first, visible when verified.</summary>
/// <param name="hold">Asked before anything is published.</param>
public sealed class ImagePublisher(CloudConnection cloud, RunMark run, RunHold hold, ILogger<ImagePublisher> logger)
{
    /// <summary>Creates the private image and makes sure that it may be published, before a byte of it moves.</summary>
    /// <param name="obstacle">Why Glance cannot fetch what is staged, whatever it is, as a half-sentence; null where it can.</param>
    /// <param name="hashAlgorithm">By what Glance will say what it holds, as far as one knows.</param>
    public async Task<GlanceUpload> BeginAsync(
        DistributionSpec spec, ResolvedImage image, PublishOptions options, IReadOnlyList<string> replaces,
        string? obstacle, string? hashAlgorithm, CancellationToken cancellationToken)
    {
        await cloud.Glance.Stores.RequireAsync(options.Stores, cancellationToken);
        var imports = cloud.Glance.Imports;
        var situation = await UploadSituation.OfAsync(
            image, options.Upload, imports.UploadsAreRefused, obstacle, () => imports.MethodsAsync(cancellationToken));
        var isConvertedThere = situation.ConvertedTo(UploadRule.Choose(situation).Way) is not null;
        var created = await cloud.Glance.CreateAsync(
            new NewImage
            {
                Id = Guid.NewGuid(),
                Name = ImageDescription.Name(spec, image, options),
                DiskFormat = isConvertedThere ? image.DiskFormat : image.SentFormat,
                MinRam = ImageDescription.MinRam(spec, options),
                Tags = ImageDescription.Tags(spec, options, image.Revision),
                Properties = ImageDescription.AllProperties(spec, image, options, run, replaces),
            },
            cancellationToken);
        var upload = new GlanceUpload(cloud, created, options, situation, spec.MinDisk, hold, logger)
        {
            NeedsSha256 = hashAlgorithm is not "sha512",
        };
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

    /// <summary>Goes on with an image that Glance imports by itself.</summary>
    /// <param name="now">By the cloud's clock.</param>
    public GlanceImport Resume(GlanceImage image, ImportMark mark, DistributionSpec spec, PublishOptions options, DateTimeOffset now) =>
        new(cloud, image, mark, options, spec.MinDisk, hold, now);
}
