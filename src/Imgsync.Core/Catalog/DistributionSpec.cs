using System.Text.Json.Serialization;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Content;

namespace Imgsync.Core.Catalog;

/// <summary>One entry of the catalogue: what we want, for one architecture.</summary>
public sealed record DistributionSpec
{
    /// <summary>The name people's configurations use: <c>debian12</c>, <c>debian12-arm64</c>.</summary>
    public required string Key { get; init; }

    /// <summary>What people call it, used in image names: <c>Debian 12</c>.</summary>
    public required string Title { get; init; }

    public required Publisher Publisher { get; init; }

    /// <summary>The directory below the publisher's base URL whose pointer moves, ending in a slash: <c>bookworm/latest/</c>.</summary>
    public required string Path { get; init; }

    /// <summary>How it is found and proven; null where the index format knows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Pieces? Pieces { get; init; }

    /// <summary>The exact file name in that directory: <c>debian-12-genericcloud-amd64.qcow2</c>.</summary>
    public required string ImageName { get; init; }

    /// <summary>The name, in the same directory and the same list, of a raw file with the same disk; null where the publisher has none, or
    /// nobody wants it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RawImageName { get; init; }

    /// <summary>Other names that the publisher gives to images of the same kind, of another time or firmware.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>How a revision is written, of the parts that stand in the path and the name: <c>{release}-{build}</c>.</summary>
    public string RevisionTemplate { get; init; } = NameTemplate.Revision;

    /// <summary>What each part of the path, the name and the revision looks like, by its name: a regular expression.</summary>
    public IReadOnlyDictionary<string, string> Parts { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How many releases to stay behind the newest; a release is what the first part of the revision says.</summary>
    public int Behind { get; init; }

    /// <summary>The one revision that is wanted; null for the newest.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PinnedRevision { get; init; }

    /// <summary>The digest that the entry itself gives, as <c>sha256:…</c>; null where the publisher gives it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PinnedDigest { get; init; }

    public required Architecture Architecture { get; init; }

    /// <summary>Glance's <c>disk_format</c>.</summary>
    public string DiskFormat { get; init; } = "qcow2";

    /// <summary>What the entry says that the disk image is packed in; null where the file's name says it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Packing? OwnPacking { get; init; }

    /// <summary>What the disk image is packed in.</summary>
    [JsonIgnore]
    public Packing Packing => OwnPacking ?? Packings.OfFile(ImageName);

    /// <summary>Glance's <c>os_distro</c>.</summary>
    public required string OsDistro { get; init; }

    /// <summary>Glance's <c>os_version</c>.</summary>
    public required string OsVersion { get; init; }

    /// <summary>The login that cloud-init prepares, Glance's <c>os_admin_user</c>.</summary>
    public required string AdminUser { get; init; }

    /// <summary>Glance's <c>min_ram</c>, in MiB.</summary>
    public int MinRam { get; init; }

    /// <summary>Glance's <c>min_disk</c> at least, in GiB, where the disk's own size is not enough.</summary>
    [JsonIgnore]
    public int MinDisk { get; init; }

    /// <summary>What it belongs to, as <c>family:rocky</c> asks for it.</summary>
    [JsonIgnore]
    public string Family { get; init; } = "";

    /// <summary>What of the entry nobody has tried against the publisher's live site; null for nothing.</summary>
    [JsonIgnore]
    public string? Unconfirmed { get; init; }

    /// <summary>Who sees its images where the settings do not say; null for what is general.</summary>
    [JsonIgnore]
    public ImageVisibility? Visibility { get; init; }

    /// <summary>Further image properties of this distribution.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Trees that the image's bytes are fetched from before the publisher's own is
    /// asked, in this order. They decide nothing.</summary>
    public IReadOnlyList<Uri> Mirrors { get; init; } = [];

    /// <summary>The authorities (PEM) that may vouch for the mirrors, beside the system's; null for those of
    /// <see cref="UpstreamOptions.CaFile"/>.</summary>
    [JsonIgnore]
    public string? MirrorsCaFile { get; init; }

    /// <summary>An older revision that the operator lets through; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AllowRollback { get; init; }

    /// <summary>Whether what stands stays, whatever the publisher offers.</summary>
    [JsonIgnore]
    public bool Hold { get; init; }

    /// <summary>How old the newest image may be before a run warns of it; null for any age.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? MaxAge { get; init; }

    /// <summary>What the image is made for, one of <see cref="ScsMetadata.Purposes"/>; null where the catalogue does not say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Purpose { get; init; }

    /// <summary>The publisher's page about it, or a text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }

    /// <summary>How often a newer image comes at least, one of <see cref="ScsMetadata.Frequencies"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReplaceFrequency { get; init; }

    /// <summary>The last day of support by the publisher; null where none is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? EndOfSupport { get; init; }

    public string Index => Publisher.Index;

    /// <summary>Whether nothing of it is used without a signature of its publisher's.</summary>
    [JsonIgnore]
    public bool IsSigned => Publisher.Signature is SignaturePolicy.Required;

    /// <summary>The directory that every revision's is below.</summary>
    [JsonIgnore]
    public string FixedPath => Path[..(Path.Split('{')[0].LastIndexOf('/') + 1)];

    /// <summary>Glance's <c>os_version</c> of a revision, which may say it; null where it has to and does not.</summary>
    public string? OsVersionOf(string? revision)
    {
        if (NameTemplate.Parts(OsVersion) is [])
            return OsVersion;
        var parts = revision is null ? null : new PartPattern(this, RevisionTemplate, known: null).Match(revision);
        return parts is null ? null : NameTemplate.Fill(OsVersion, parts);
    }

    /// <summary>A file beside the image, at the place we read from.</summary>
    public Uri Locate(string relativePath) => new(Publisher.BaseUrl, relativePath);

    /// <summary>The same file at the publisher's own place.</summary>
    public Uri LocateOfficially(string relativePath) => new(Publisher.OfficialUrl, relativePath);
}
