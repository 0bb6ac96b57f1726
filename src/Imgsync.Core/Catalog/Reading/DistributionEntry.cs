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

    [Description("The exact file name in that directory; {arch} stands for the architecture, {revision} for the revision, or names of "
        + "your own for its parts.")]
    public string? Image { get; set; }

    [Description("A raw file with the same disk, by its name in the same directory and the same list of digests, for clouds that want "
        + "raw; none for none, which is also meant where an entry over a built-in one has another image and says nothing.")]
    public string? RawImage { get; set; }

    [Description("Other names of images of the same kind, of another time or firmware; of two with one revision the first counts.")]
    public IReadOnlyList<string?>? OtherNames { get; set; }

    [Description("How a revision is written, of its parts: {release}-{build}; {revision} where nothing is said. With url: the revision.")]
    public string? Revision { get; set; }

    [Description("What a part looks like, as a regular expression; numbers with dots between them, and for {revision} anything that "
        + "begins with a digit.")]
    public IReadOnlyDictionary<string, string?>? Parts { get; set; }

    [Description("How many releases to stay behind the newest; a release is what the first part of the revision says.")]
    public int? Behind { get; set; }

    [Description("Instead of publisher, path and image: where one image is that stays what it is, on a web server or as a local file.")]
    public string? Url { get; set; }

    [Description("With url: the image's digest, sha256:… or sha512:….")]
    public string? Digest { get; set; }

    [Description("Over the publisher's: where the newest revision is read.")]
    public NewestEntry? Newest { get; set; }

    [Description("Instead of the publisher's: the list that has the images' digests.")]
    public DigestsEntry? Digests { get; set; }

    [Description("Instead of the publisher's: what proves that list.")]
    public SignatureEntry? SignatureFile { get; set; }

    [Description("What it belongs to, as family:rocky asks for it; the publisher's name where nothing is said.")]
    public string? Family { get; set; }

    [Description("What of the entry nobody has tried against the publisher's live site.")]
    public string? Unconfirmed { get; set; }

    [Description("Who sees its images where the settings do not say; private with url.")]
    public string? Visibility { get; set; }

    [Description("One entry each: the first has the bare key, the others have theirs as a suffix.")]
    public IReadOnlyList<string?>? Architectures { get; set; }

    [Description("Glance's disk_format; qcow2 where none is named.")]
    public string? DiskFormat { get; set; }

    [Description("What the disk image is packed in: none, gz, bz2, xz, zst, tar, tar.gz, tar.bz2, tar.xz or tar.zst; what the image's name "
        + "ends in where nothing is said. The digest is that of the packed file.")]
    public string? Packing { get; set; }

    [Description("Glance's os_distro.")]
    public string? OsDistro { get; set; }

    [Description("Glance's os_version.")]
    public string? OsVersion { get; set; }

    [Description("The login that cloud-init prepares, Glance's os_admin_user.")]
    public string? AdminUser { get; set; }

    [Description("Glance's min_ram, in MiB.")]
    public int? MinRam { get; set; }

    [Description("Glance's min_disk at least, in GiB, where the disk's own size is not enough.")]
    public int? MinDisk { get; set; }

    [Description("Further image properties of single architectures.")]
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? ArchitectureProperties { get; set; }

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
