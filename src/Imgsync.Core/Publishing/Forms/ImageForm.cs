using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Publishing.Forms;

/// <summary>Which disk format an offer is to have in a cloud, and how it comes to it: as it is published, as the publisher's own raw
/// file, or converted by us from the staged copy.</summary>
/// <param name="Offer">What is transferred and proven: one of the offer's files, and what it is converted to.</param>
/// <param name="Wanted">Glance's <c>disk_format</c>; null where an image that stands may have any.</param>
/// <param name="Way">What is worth saying of it, in a few words; null where it goes as it is and nobody asked for something else.</param>
public sealed record ImageForm(ResolvedImage Offer, string? Wanted, string? Way)
{
    private const string Raw = "raw";
    private const string Qcow2 = "qcow2";
    private const string Ceph = "rbd";
    private const string NotTold = "the cloud does not tell us what kind its store is: set publish.diskFormat for it";

    /// <param name="offer">As it was resolved.</param>
    /// <param name="stores">What the cloud says of its stores, which matters for <see cref="ImageFormat.Auto"/> alone.</param>
    public static ImageForm Of(PublishOptions publish, ResolvedImage offer, IReadOnlyList<GlanceStore> stores) => publish.DiskFormat switch
    {
        ImageFormat.Raw => AsRaw(offer),
        ImageFormat.Qcow2 when offer.DiskFormat is not Qcow2 =>
            AsPublished(offer, $"{offer.DiskFormat} as it is published, because nothing is converted to qcow2"),
        ImageFormat.Auto => ByStore(publish, offer, stores),
        _ => AsPublished(offer, way: null),
    };

    /// <summary>What is said of an image that we convert.</summary>
    public static string ByUs(ResolvedImage image) => $"converted to {image.ConvertTo} from {image.DiskFormat}";

    /// <summary>The same form, made by Glance's import.</summary>
    public ImageForm ByGlance() => this with { Way = $"converted to {Offer.ConvertTo} by Glance" };

    /// <summary>Whether an image with the offer's content will do.</summary>
    public bool Suits(GlanceImage image) => Wanted is null || image.DiskFormat is null || image.DiskFormat == Wanted;

    /// <summary>What the settings ask for where an image that stands has another disk format; null where it has that, or where only the
    /// cloud could tell: whether its store is Ceph's, for <see cref="ImageFormat.Auto"/>.</summary>
    /// <param name="standing">Its <c>disk_format</c>; null where that is not known.</param>
    /// <param name="published">The <c>disk_format</c> of the distribution's files.</param>
    public static ImageFormat? WantedInstead(ImageFormat wanted, string? standing, string published)
    {
        var format = wanted switch
        {
            ImageFormat.Raw => Raw,
            ImageFormat.Qcow2 => Qcow2,
            ImageFormat.AsPublished => published,
            _ => standing,
        };
        return standing is null || standing == format ? null : wanted;
    }

    private static ImageForm AsPublished(ResolvedImage offer, string? way) => new(offer, offer.DiskFormat, way);

    private static ImageForm Converted(ResolvedImage offer) => new(offer, offer.ConvertTo, ByUs(offer));

    private static ImageForm AsRaw(ResolvedImage offer) => offer switch
    {
        { DiskFormat: Raw } => AsPublished(offer, "raw as it is published"),
        { Other.DiskFormat: Raw } => AsPublished(offer.WithOther(), "raw, the publisher's own file"),
        { DiskFormat: Qcow2, Packing: Packing.None } => Converted(offer with { ConvertTo = Raw }),
        { DiskFormat: Qcow2 } =>
            AsPublished(offer, $"{Qcow2} as it is published, because an image that is packed as {offer.Packing.Name()} is not converted"),
        _ => AsPublished(offer, $"{offer.DiskFormat} as it is published, because only qcow2 is converted to raw"),
    };

    /// <summary>A cloud that does not say what its stores are has what it has: whoever loses the right to ask must not have every image
    /// published again.</summary>
    private static ImageForm ByStore(PublishOptions publish, ResolvedImage offer, IReadOnlyList<GlanceStore> stores)
    {
        var chosen = stores.Where(store => publish.Stores is []
            ? store.IsDefault || stores.Count == 1
            : publish.Stores.Contains(store.Id, StringComparer.Ordinal)).ToList();
        if (chosen.Exists(store => store.Type is Ceph))
            return AsRaw(offer);
        return chosen is not [] && chosen.TrueForAll(store => store.Type is not null)
            ? AsPublished(offer, way: null)
            : new ImageForm(offer, Wanted: null, $"{offer.DiskFormat} as it is published, because {NotTold}");
    }
}
