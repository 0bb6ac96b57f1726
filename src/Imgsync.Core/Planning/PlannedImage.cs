using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Planning;

/// <summary>An image that a run would publish, as it would be in the list: so a dry run shows what follows from it.</summary>
internal static class PlannedImage
{
    private const string Pending = "to be published";

    /// <summary>Whether the image is only planned.</summary>
    public static bool Is(GlanceImage image) => image.Properties.GetValueOrDefault(ImageMarks.Finished) is Pending;

    /// <param name="replaces">The ids of the images whose place it takes.</param>
    public static GlanceImage Of(Situation situation, IReadOnlyList<string> replaces)
    {
        var (distribution, offer, publish) = (situation.Distribution, situation.Offer, situation.Publish);
        var properties = new Dictionary<string, string>(
            ImageDescription.AllProperties(distribution, offer, publish, situation.Run, replaces), StringComparer.Ordinal);
        if (!offer.IsSentAsItIs)
            properties[ImageMarks.Unpacked(offer.Digest.Algorithm)] = Pending;

        var name = ImageDescription.Name(distribution, offer, publish);
        return Finished(distribution.Key, name, situation.Images, situation.Now, properties) with
        {
            Visibility = publish.Visibility.InGlance(),
            DiskFormat = offer.SentFormat,
            Protected = publish.Protected,
            MinRam = ImageDescription.MinRam(distribution, publish),
            Tags = ImageDescription.Tags(distribution, publish, offer.Revision),
            Stores = publish.Stores is [var first, ..] ? [first] : [],
        };
    }

    /// <summary>The same from what the report says of it: enough to say what it supersedes.</summary>
    public static GlanceImage Of(ImageOutcome outcome, ImageListing images, DateTimeOffset now)
    {
        var replaces = outcome.Actions.First(action => action.Kind is ActionKind.Publish).Replaces ?? [];
        return Finished(
            outcome.Distribution, outcome.ImageName!, images, now, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ImageMarks.Source] = ImageMarks.Imgsync,
                [ImageMarks.Distribution] = outcome.Distribution,
                [ImageMarks.Revision] = outcome.Revision!,
                [ImageMarks.Run] = Pending,
                [ImageMarks.Replaces] = string.Join(',', replaces),
            }) with
        {
            // What it replaces has the same content.
            OsHashValue = replaces.Select(id => images.Find(id)?.OsHashValue).FirstOrDefault(),
        };
    }

    private static GlanceImage Finished(
        string distribution, string name, ImageListing images, DateTimeOffset now, IReadOnlyDictionary<string, string> properties) => new()
        {
            Id = $"({distribution}, {Pending})",
            Name = name,
            Status = "active",
            Owner = images.Project,
            OsHashAlgo = images.HashAlgorithm,
            CreatedAt = now,
            Properties = new Dictionary<string, string>(properties, StringComparer.Ordinal)
            {
                [ImageMarks.Finished] = Pending,
            },
        };
}
