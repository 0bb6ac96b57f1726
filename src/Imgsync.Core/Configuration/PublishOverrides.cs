using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Imgsync.Core.Configuration;

/// <summary>Overrides for one cloud or distribution. A null member keeps the value of <see cref="PublishOptions"/>.</summary>
public sealed record PublishOverrides
{
    [Description("Put before every image name.")]
    public string? Prefix { get; init; }

    [Description("Image names, with the placeholders of publish.nameTemplate.")]
    public string? NameTemplate { get; init; }

    [Description("A name that always the newest image of a distribution has.")]
    public string? LatestName { get; init; }

    [Description("Who may see an image once it is verified.")]
    public ImageVisibility? Visibility { get; init; }

    [Description("A set of properties to fill from the catalogue: none or scs.")]
    public MetadataProfile? Metadata { get; init; }

    [Description("Further image properties, key=value; they are added to the others or replace them.")]
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    [Description("Image properties to leave out, those of the catalogue included.")]
    public IReadOnlyList<string> RemoveProperties { get; init; } = [];

    [Description("Tags of an image, with the placeholders of publish.tags.")]
    public IReadOnlyList<string>? Tags { get; init; }

    [Description("Projects that an image with visibility shared is shared with: ids, or names with their domain, such as web@customers.")]
    public IReadOnlyList<string>? Members { get; init; }

    [Description("Accepts the image for its members.")]
    public bool? AcceptMembers { get; init; }

    [Description("Glance stores an image is uploaded to.")]
    public IReadOnlyList<string>? Stores { get; init; }

    [Description("How images get into Glance: auto, stream, glance-direct or web-download.")]
    public UploadMethod? Upload { get; init; }

    [Description("How long Glance may take to import an image.")]
    public TimeSpan? ImportTimeout { get; init; }

    [Description("How long the link lives that Glance fetches an image by.")]
    public TimeSpan? LinkLifetime { get; init; }

    [Description("The disk format of images in this cloud: as-published, raw, qcow2 or auto.")]
    public ImageFormat? DiskFormat { get; init; }

    [Description("Who converts a qcow2 image that is wanted raw: imgsync or glance.")]
    public ImageConversion? Conversion { get; init; }

    [Description("Whether Glance refuses to delete the newest image of a distribution.")]
    public bool? Protected { get; init; }

    [Description("How many images of a distribution stay, the newest among them.")]
    [Range(1, int.MaxValue)]
    public int? Keep { get; init; }

    public PublishOptions ApplyTo(PublishOptions publish) => publish with
    {
        Prefix = Prefix ?? publish.Prefix,
        NameTemplate = NameTemplate ?? publish.NameTemplate,
        LatestName = LatestName ?? publish.LatestName,
        Visibility = Visibility ?? publish.Visibility,
        Metadata = Metadata ?? publish.Metadata,
        Properties = publish.Properties
            .Where(property => !RemoveProperties.Contains(property.Key, StringComparer.Ordinal) && !Properties.ContainsKey(property.Key))
            .Concat(Properties)
            .ToDictionary(StringComparer.Ordinal),
        RemoveProperties =
        [
            .. publish.RemoveProperties.Union(RemoveProperties, StringComparer.Ordinal).Except(Properties.Keys, StringComparer.Ordinal),
        ],
        Tags = Tags ?? publish.Tags,
        Members = Members ?? publish.Members,
        AcceptMembers = AcceptMembers ?? publish.AcceptMembers,
        Stores = Stores ?? publish.Stores,
        Upload = Upload ?? publish.Upload,
        ImportTimeout = ImportTimeout ?? publish.ImportTimeout,
        LinkLifetime = LinkLifetime ?? publish.LinkLifetime,
        DiskFormat = DiskFormat ?? publish.DiskFormat,
        Conversion = Conversion ?? publish.Conversion,
        Protected = Protected ?? publish.Protected,
        Keep = Keep ?? publish.Keep,
    };
}
