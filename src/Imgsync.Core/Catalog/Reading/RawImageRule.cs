using Imgsync.Core.Configuration;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>The publisher's raw file beside an image: which one it is, and that it can be proven by what proves the image.</summary>
internal static class RawImageRule
{
    /// <summary>Switches a raw file off that an entry below names.</summary>
    private const string None = "none";

    /// <summary>Null for none.</summary>
    public static string? Named(string? name) => name is None ? null : name;

    /// <summary>What the settings leave of the catalogue's: a raw file belongs to its image, and is gone with it.</summary>
    public static string? Lay(DistributionOverrides own, DistributionSpec distribution) =>
        own.RawImageName is { } named ? Named(named)
        : own.ImageName is null && own.DiskFormat is null ? distribution.RawImageName
        : null;

    /// <summary>The same for an entry that is laid over a built-in one.</summary>
    public static DistributionEntry Lay(DistributionEntry? below, DistributionEntry? own, DistributionEntry laid)
    {
        if (own is { RawImage: null } && (laid.Image, laid.DiskFormat) != (below?.Image, below?.DiskFormat))
            laid.RawImage = null;
        return laid;
    }

    /// <param name="field">What it is called where it was set.</param>
    public static void Check(DistributionSpec spec, EntryCheck check, string field)
    {
        if (spec.RawImageName is not { } name)
            return;
        if (!NamePatterns.FileName().IsMatch(NameTemplate.Example(name)))
            check.Fault(field, $"is \"{name}\"; it must be {DistributionReader.ImageShape}, or {None}.");
        else if (spec.PinnedDigest is not null)
            check.Fault(field, "has no use where the entry has the image's digest: nothing proves the raw file.");
        else if (spec.DiskFormat is "raw")
            check.Fault(field, "has no use, because the image is raw itself.");
        else if (NameTemplate.Parts(name).Except(NameTemplate.Parts(spec.Path + spec.ImageName), StringComparer.Ordinal)
            .FirstOrDefault() is { } unknown)
            check.Fault(field, $"has {{{unknown}}}, which stands neither in the path nor in the image's name.");
        else if (spec.Pieces is { } pieces && !ProvesSeveral(pieces))
            check.Fault(
                field, "needs a list that has digests of all files of a directory; this publisher proves each file by itself.");
        else if (Stem(name) != Stem(spec.ImageName))
            check.Fault(
                field, $"is \"{name}\"; it must be called as the image is, {spec.ImageName}, but for \".raw\" in place of \".qcow2\", "
                    + "by which their revisions are held together.");
    }

    private static string Stem(string name) =>
        name.Replace(".qcow2", "", StringComparison.Ordinal).Replace(".raw", "", StringComparison.Ordinal);

    private static bool ProvesSeveral(Pieces pieces) =>
        pieces.Digests is { } list && !list.File.Contains(NameTemplate.Image, StringComparison.Ordinal)
        && pieces.Signature?.Form is not SignatureForm.Image;
}
