using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>A distribution as it stands in a catalogue file: one for all its architectures.</summary>
internal sealed record DistributionEntry
{
    [Description("Who makes it, by a name of the part publishers.")]
    public string? Publisher { get; set; }

    [Description("What people call it, used in image names: Debian 12.")]
    public string? Title { get; set; }

    [Description("The directory below the publisher's URL whose pointer moves, ending in a slash; {arch} stands for the architecture.")]
    public string? Path { get; set; }

    [Description("The exact file name in that directory; {arch} stands for the architecture, {revision} for the revision.")]
    public string? Image { get; set; }

    [Description("What a revision looks like, as a regular expression, for a publisher made of pieces; anything that begins with a digit.")]
    public string? Revision { get; set; }

    [Description("One entry each: the first has the bare key, the others have theirs as a suffix.")]
    public IReadOnlyList<string?>? Architectures { get; set; }

    [Description("Glance's disk_format; qcow2 where none is named.")]
    public string? DiskFormat { get; set; }

    [Description("Glance's os_distro.")]
    public string? OsDistro { get; set; }

    [Description("Glance's os_version.")]
    public string? OsVersion { get; set; }

    [Description("The login that cloud-init prepares, Glance's os_admin_user.")]
    public string? AdminUser { get; set; }

    [Description("Glance's min_ram, in MiB.")]
    public int? MinRam { get; set; }

    [Description("Further image properties of this distribution; {revision}, {buildDate}, {url} are filled in.")]
    public IReadOnlyDictionary<string, string>? Properties { get; set; }

    [Description("How old the newest image may be before every run warns of it, such as 45d; any age where nothing is said.")]
    public string? MaxAge { get; set; }

    [Description("What the image is made for, the os_purpose of scs-0102.")]
    public string? Purpose { get; set; }

    [Description("The publisher's page about it, the image_description of scs-0102.")]
    public string? Description { get; set; }

    [Description("How often a newer image comes at least, the replace_frequency of scs-0102.")]
    public string? ReplaceFrequency { get; set; }

    [Description("The last day of support by the publisher, the provided_until of scs-0102: 2028-06-30.")]
    public string? EndOfSupport { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
