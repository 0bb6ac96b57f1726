using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Imgsync.Core.Configuration;

/// <summary>Overrides for one distribution. A null member keeps what the catalogue, or the general setting, says.</summary>
public sealed record DistributionOverrides
{
    [Description("Who publishes it, by the publisher's name in the catalogue.")]
    public string? Publisher { get; init; }

    [Description("What people call it, used in image names.")]
    public string? Title { get; init; }

    [Description("The directory below the publisher's base URL whose pointer moves, ending in a slash.")]
    public string? Path { get; init; }

    [Description("The exact file name in that directory.")]
    public string? ImageName { get; init; }

    [Description("The publisher's raw file of the same disk, in the same directory and list, which clouds that want raw get; none to have "
        + "the image converted instead. With another imageName it is none where nothing is set.")]
    public string? RawImageName { get; init; }

    [Description("Glance's disk_format.")]
    public string? DiskFormat { get; init; }

    [Description("Glance's os_distro.")]
    public string? OsDistro { get; init; }

    [Description("Glance's os_version.")]
    public string? OsVersion { get; init; }

    [Description("The login that cloud-init prepares, Glance's os_admin_user.")]
    public string? AdminUser { get; init; }

    [Description("Glance's min_ram, in MiB.")]
    [Range(0, int.MaxValue)]
    public int? MinRam { get; init; }

    [Description(
        "An older revision that may be published although a newer one was: this one only, for when the publisher took the newer one back.")]
    public string? AllowRollback { get; init; }

    [Description("The one revision that is wanted, older or newer than what stands; the newest where nothing is set.")]
    public string? Revision { get; init; }

    [Description("Publishes nothing newer while an image stands, whatever the publisher offers; its metadata are kept up.")]
    public bool Hold { get; init; }

    [Description(
        "How old the newest image may be before every run warns that the publisher, or a mirror, seems to stand still; 0 for any age. "
            + "Where nothing is set, the catalogue decides.")]
    [Age]
    public TimeSpan? MaxAge { get; init; }

    [Description("Whether the image may be used without a signature over its digest: none, preferred or required.")]
    public SignaturePolicy? Signature { get; init; }

    [Description(
        "Base URLs the image's bytes are fetched from, tried in this order; the publisher's own place comes last, and its digest decides.")]
    public IReadOnlyList<Uri> Mirrors { get; init; } = [];

    [Description("A file of further certificate authorities (PEM) that may vouch for these mirrors only, instead of upstream.caFile.")]
    public string? CaFile { get; init; }

    /// <summary>Overrides for its images, over those of the cloud.</summary>
    public PublishOverrides Publish { get; init; } = new();
}
