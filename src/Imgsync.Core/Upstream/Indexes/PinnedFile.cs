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
        Mirrors = Mirrors(spec),
        OfficialLocation = spec.LocateOfficially(Directory + FileName),
        DiskFormat = spec.DiskFormat,
        Packing = spec.Packing,
        Revision = revision.ToString(),
        BuildDate = revision.Date ?? (provenance.SignedAt is { } signed ? DateOnly.FromDateTime(signed.UtcDateTime) : null),
        Digest = digest,
        Provenance = provenance,
    };

    /// <summary>The publisher's raw file beside this one.</summary>
    /// <param name="name">The raw file's name; null where the catalogue knows none.</param>
    /// <param name="digest">This file's, from the same list.</param>
    /// <param name="list">What proves both.</param>
    /// <returns>Null where the list has it not: then there is none of this revision.</returns>
    /// <exception cref="UpstreamException">The list contradicts itself.</exception>
    public OtherFile? Raw(DistributionSpec spec, string? name, Digest digest, byte[] list, Uri location)
    {
        // A list that is one digest without a name is this file's.
        if (name is null || ChecksumFile.TryFind(list, name, digest.Algorithm, location) is not { } listed || listed == digest)
            return null;
        var raw = this with { FileName = name };
        return new OtherFile(
            spec.Locate(raw.Directory + name), raw.Mirrors(spec), spec.LocateOfficially(raw.Directory + name), "raw",
            Packings.OfFile(name), listed);
    }

    private IReadOnlyList<Uri> Mirrors(DistributionSpec spec) =>
        [.. spec.Mirrors.Select(mirror => new Uri(mirror, Directory + FileName))];
}
