using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Configuration;

/// <summary>How images look in Glance once they are published.</summary>
public sealed record PublishOptions
{
    [Description("Put before every image name.")]
    public string Prefix { get; init; } = "";

    [Description("Image names: {prefix}, {title}, {revision}, {distribution}, {architecture}, {date} are filled in.")]
    public string NameTemplate { get; init; } = "{prefix}{title} [{revision}]";

    [Description(
        "A name that always the newest image of a distribution has, such as {prefix}{title}; the image before it goes back to its own "
            + "name. Placeholders as in nameTemplate, without {revision} and {date}.")]
    public string? LatestName { get; init; }

    [Description("Who may see an image once it is verified.")]
    public ImageVisibility Visibility { get; init; } = ImageVisibility.Public;

    [Description(
        "A set of properties to fill from the catalogue: none, or scs for what the Sovereign Cloud Stack's standard scs-0102 asks for.")]
    public MetadataProfile Metadata { get; init; } = MetadataProfile.None;

    [Description("Further image properties, key=value; {revision}, {buildDate}, {url} are filled in.")]
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    [Description("Image properties to leave out, those of the catalogue included.")]
    public IReadOnlyList<string> RemoveProperties { get; init; } = [];

    [Description(
        "Tags of an image, such as os:{osDistro}: {osDistro}, {osVersion}, {distribution}, {architecture} are filled in. A tag that you "
            + "take out of the list stays on images that have it.")]
    public IReadOnlyList<string> Tags { get; init; } = [];

    [Description("Projects that an image with visibility shared is shared with: ids, or names with their domain, such as web@customers.")]
    public IReadOnlyList<string> Members { get; init; } = [];

    [Description("Accepts the image for its members, where the user is an administrator; otherwise somebody in each project has to.")]
    public bool AcceptMembers { get; init; }

    [Description("Glance stores an image is uploaded to; none named means Glance's default store.")]
    public IReadOnlyList<string> Stores { get; init; } = [];

    [Description(
        "How images get into Glance: stream (one upload), glance-direct (staged in Glance and imported), web-download (Glance fetches the "
            + "staged blob by a short-lived link), or auto: stream, and where the cloud refuses uploads, what it offers of the others.")]
    public UploadMethod Upload { get; init; } = UploadMethod.Auto;

    [Description("How long Glance may take to import an image.")]
    public TimeSpan ImportTimeout { get; init; } = TimeSpan.FromHours(1);

    [Description("How long the link lives that Glance fetches an image by (web-download); it must last for the whole download.")]
    public TimeSpan LinkLifetime { get; init; } = TimeSpan.FromHours(1);

    [Description(
        "The disk format of images in this cloud: as-published, raw (what Ceph starts machines from at once), qcow2, or auto: raw where "
            + "the store is Ceph's (rbd). Where raw is wanted, the publisher's own raw file is taken if it lists one "
            + "(about eight times the download), else its qcow2 file, converted on its way; nothing else is converted.")]
    public ImageFormat DiskFormat { get; init; } = ImageFormat.AsPublished;

    [Description(
        "Who converts a qcow2 image that is wanted raw: imgsync, or glance, whose imports then have the plugin image_conversion with "
            + "output_format = raw.")]
    public ImageConversion Conversion { get; init; } = ImageConversion.Imgsync;

    [Description("Whether Glance refuses to delete the newest image of a distribution.")]
    public bool Protected { get; init; }

    [Description("How many images of a distribution stay, the newest among them.")]
    [Range(1, int.MaxValue)]
    public int Keep { get; init; } = 2;

    /// <summary>What becomes of images that a newer one replaced, for metadata that promises how
    /// long they stay. No setting of its own.</summary>
    internal PruneOptions Prune { get; init; } = new();
}

/// <summary>A set of image properties that a standard asks for.</summary>
[JsonConverter(typeof(WordConverter<MetadataProfile>))]
public enum MetadataProfile
{
    None,

    /// <summary>Sovereign Cloud Stack, scs-0102.</summary>
    Scs,
}

/// <summary>Which way images take into Glance.</summary>
[JsonConverter(typeof(WordConverter<UploadMethod>))]
public enum UploadMethod
{
    /// <summary>As the cloud allows; see <c>UploadRule</c>.</summary>
    Auto,
    Stream,
    GlanceDirect,
    WebDownload,
}

/// <summary>The disk format that a cloud is to have images in.</summary>
[JsonConverter(typeof(WordConverter<ImageFormat>))]
public enum ImageFormat
{
    AsPublished,
    Raw,
    Qcow2,

    /// <summary>Raw where the chosen store is Ceph's, else as published.</summary>
    Auto,
}

/// <summary>Who converts qcow2 images to raw.</summary>
[JsonConverter(typeof(WordConverter<ImageConversion>))]
public enum ImageConversion
{
    Imgsync,

    /// <summary>Its import's plugin image_conversion, which Glance does not say that it has.</summary>
    Glance,
}

/// <summary>Glance's image visibilities (Image API v2).</summary>
[JsonConverter(typeof(WordConverter<ImageVisibility>))]
public enum ImageVisibility
{
    Public,
    Community,
    Shared,
    Private,
}

public static class ImageVisibilities
{
    /// <summary>As the API writes it.</summary>
    public static string InGlance(this ImageVisibility visibility) => visibility switch
    {
        ImageVisibility.Public => "public",
        ImageVisibility.Community => "community",
        ImageVisibility.Shared => "shared",
        ImageVisibility.Private => "private",
        _ => throw new ArgumentOutOfRangeException(nameof(visibility), visibility, "not a known visibility"),
    };
}
