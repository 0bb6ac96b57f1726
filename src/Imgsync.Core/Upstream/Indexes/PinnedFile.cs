using Imgsync.Core.Catalog;
using Imgsync.Core.Content;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>A file in a directory below a publisher's base URL.</summary>
/// <param name="Directory">Ends in a slash.</param>
internal sealed record PinnedFile(string Directory, string FileName)
{
    /// <summary>Reads a relative path that upstream wrote; null when it is anything but plain directories and a plain name.</summary>
    public static PinnedFile? Parse(string? path)
    {
        var cut = (path?.LastIndexOf('/') ?? -1) + 1;
        return cut > 0 && NamePatterns.Directory().IsMatch(path![..cut]) && NamePatterns.FileName().IsMatch(path[cut..])
            ? new(path[..cut], path[cut..])
            : null;
    }

    public ResolvedImage Resolve(DistributionSpec spec, Revision revision, Digest digest, Provenance provenance) => new()
    {
        Distribution = spec.Key,
        Location = spec.Locate(Directory + FileName),
        Mirrors = [.. spec.Mirrors.Select(mirror => new Uri(mirror, Directory + FileName))],
        OfficialLocation = spec.LocateOfficially(Directory + FileName),
        DiskFormat = spec.DiskFormat,
        Packing = spec.Packing,
        Revision = revision.ToString(),
        BuildDate = revision.Date ?? (provenance.SignedAt is { } signed ? DateOnly.FromDateTime(signed.UtcDateTime) : null),
        Digest = digest,
        Provenance = provenance,
    };
}
