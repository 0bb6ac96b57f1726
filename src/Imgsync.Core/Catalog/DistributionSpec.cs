using System.Text.Json.Serialization;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;

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

    /// <summary>The exact file name in that directory: <c>debian-12-genericcloud-amd64.qcow2</c>.</summary>
    public required string ImageName { get; init; }

    /// <summary>What stands for <see cref="Pieces.Revision"/> in the path or the name: a regular expression. Null for anything
    /// that begins with a digit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RevisionPattern { get; init; }

    public required Architecture Architecture { get; init; }

    /// <summary>Glance's <c>disk_format</c>.</summary>
    public string DiskFormat { get; init; } = "qcow2";

    /// <summary>Glance's <c>os_distro</c>.</summary>
    public required string OsDistro { get; init; }

    /// <summary>Glance's <c>os_version</c>.</summary>
    public required string OsVersion { get; init; }

    /// <summary>The login that cloud-init prepares, Glance's <c>os_admin_user</c>.</summary>
    public required string AdminUser { get; init; }

    /// <summary>Glance's <c>min_ram</c>, in MiB.</summary>
    public int MinRam { get; init; }

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

    /// <summary>A file beside the image, at the place we read from.</summary>
    public Uri Locate(string relativePath) => new(Publisher.BaseUrl, relativePath);

    /// <summary>The same file at the publisher's own place.</summary>
    public Uri LocateOfficially(string relativePath) => new(Publisher.OfficialUrl, relativePath);
}
