using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;

namespace Imgsync.Core.Planning;

/// <summary>An image that a run would publish, as it would be in the list: so a dry run shows what follows from it.</summary>
internal static class PlannedImage
{
    private const string Unknown = "to be published";

    public static string IdOf(string distribution) => $"({distribution}, to be published)";

    /// <param name="images">What is there: a forced publication replaces the images of its revision.</param>
    public static GlanceImage Of(string distribution, string revision, string name, ImageListing images, DateTimeOffset now) => new()
    {
        Id = IdOf(distribution),
        Name = name,
        Status = "active",
        Owner = images.Project,
        CreatedAt = now,
        OsHashValue = images.Of(distribution).FirstOrDefault(image => IsOf(image, revision))?.OsHashValue,
        Properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [ImageMarks.Source] = ImageMarks.Imgsync,
            [ImageMarks.Distribution] = distribution,
            [ImageMarks.Revision] = revision,
            [ImageMarks.Run] = Unknown,
            [ImageMarks.Digest(DigestAlgorithm.Sha256)] = Unknown,
            [ImageMarks.Digest(DigestAlgorithm.Sha512)] = Unknown,
            [ImageMarks.Replaces] = string.Join(
                ',', images.Of(distribution).Where(image => IsOf(image, revision)).Select(image => image.Id)),
        },
    };

    private static bool IsOf(GlanceImage image, string revision) =>
        GlanceProof.IsFinished(image) && image.Properties.GetValueOrDefault(ImageMarks.Revision) == revision;
}
