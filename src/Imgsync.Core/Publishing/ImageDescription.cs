using System.Globalization;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Publishing;

/// <summary>How an image is called and described in Glance, worked out from what upstream offers and what the operator wants.</summary>
public static class ImageDescription
{
    /// <summary>Fills in the name template: <c>Debian 12 [20240717-1811]</c>.</summary>
    public static string Name(DistributionSpec spec, ResolvedImage image, PublishOptions options) => options.NameTemplate
        .Replace("{prefix}", options.Prefix, StringComparison.Ordinal)
        .Replace("{title}", spec.Title, StringComparison.Ordinal)
        .Replace("{revision}", image.Revision, StringComparison.Ordinal)
        .Replace("{distribution}", spec.Key, StringComparison.Ordinal)
        .Replace("{architecture}", spec.Architecture.InGlance(), StringComparison.Ordinal)
        .Replace("{date}", image.BuildDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>The name that always the newest image has, <c>Debian 12</c>; null where none is wanted.</summary>
    public static string? LatestName(DistributionSpec spec, PublishOptions options) => options.LatestName is { Length: > 0 } template
        ? template
            .Replace("{prefix}", options.Prefix, StringComparison.Ordinal)
            .Replace("{title}", spec.Title, StringComparison.Ordinal)
            .Replace("{distribution}", spec.Key, StringComparison.Ordinal)
            .Replace("{architecture}", spec.Architecture.InGlance(), StringComparison.Ordinal)
        : null;

    /// <summary>Fills in the templates of the tags: <c>os:debian</c>; each tag once.</summary>
    public static IReadOnlyList<string> Tags(DistributionSpec spec, PublishOptions options) =>
    [
        .. options.Tags
            .Select(template => template
                .Replace("{osDistro}", spec.OsDistro, StringComparison.Ordinal)
                .Replace("{osVersion}", spec.OsVersion, StringComparison.Ordinal)
                .Replace("{distribution}", spec.Key, StringComparison.Ordinal)
                .Replace("{architecture}", spec.Architecture.InGlance(), StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>All of an image's properties: its traits, where it came from, and our marks.</summary>
    public static IReadOnlyDictionary<string, string> Properties(
        DistributionSpec spec, ResolvedImage image, PublishOptions options, RunMark run, IReadOnlyList<string> replaces)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Standard of the Sovereign Cloud Stack, scs-0102.
            [ImageMarks.ImageSource] = image.OfficialLocation.AbsoluteUri,
            ["image_build_date"] = image.BuildDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
        foreach (var unwanted in options.RemoveProperties)
            properties.Remove(unwanted);
        foreach (var (name, value) in Traits(spec, options))
            properties[name] = value;

        properties[ImageMarks.Source] = ImageMarks.Imgsync;
        properties[ImageMarks.Distribution] = spec.Key;
        properties[ImageMarks.Revision] = image.Revision;
        properties[ImageMarks.Digest(image.Digest.Algorithm)] = image.Digest.Hex;
        properties[ImageMarks.Run] = run.ToString();
        if (image.Provenance.SignedBy is { } fingerprint)
            properties[ImageMarks.SignedBy] = fingerprint;
        if (image.Provenance.SignedAt is { } signedAt)
            properties[ImageMarks.SignedAt] = signedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (replaces is not [])
            properties[ImageMarks.Replaces] = string.Join(',', replaces);

        return properties;
    }

    /// <summary>What the catalogue and the operator say of a distribution, whatever the revision; the operator comes last.</summary>
    public static IReadOnlyDictionary<string, string> Traits(DistributionSpec spec, PublishOptions options)
    {
        var traits = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Glance's own vocabulary ("Useful image properties").
            ["architecture"] = spec.Architecture.InGlance(),
            ["os_distro"] = spec.OsDistro,
            ["os_version"] = spec.OsVersion,
            ["os_type"] = "linux",
            ["os_admin_user"] = spec.AdminUser,

            // The same once more under the names that the older Python tool gave them: people's scripts look for these.
            ["distribution"] = spec.OsDistro,
            ["version"] = spec.OsVersion,
            ["type"] = "linux",
        };
        foreach (var (name, value) in spec.Properties.Concat(options.Properties))
            traits[name] = value;
        foreach (var unwanted in options.RemoveProperties)
            traits.Remove(unwanted);
        return traits;
    }
}
