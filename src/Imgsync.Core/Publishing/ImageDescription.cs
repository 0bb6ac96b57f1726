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
        .Replace(
            "{date}", image.BuildDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? image.Revision, StringComparison.Ordinal);

    /// <summary>The name that always the newest image has, <c>Debian 12</c>; null where none is wanted.</summary>
    public static string? LatestName(DistributionSpec spec, PublishOptions options) => options.LatestName is { Length: > 0 } template
        ? template
            .Replace("{prefix}", options.Prefix, StringComparison.Ordinal)
            .Replace("{title}", spec.Title, StringComparison.Ordinal)
            .Replace("{distribution}", spec.Key, StringComparison.Ordinal)
            .Replace("{architecture}", spec.Architecture.InGlance(), StringComparison.Ordinal)
        : null;

    /// <summary>Fills in the templates of the tags: <c>os:debian</c>; each tag once.</summary>
    public static IReadOnlyList<string> Tags(DistributionSpec spec, PublishOptions options, string? revision) =>
    [
        .. options.Tags
            .Select(template => template
                .Replace("{osDistro}", spec.OsDistro, StringComparison.Ordinal)
                .Replace("{osVersion}", spec.OsVersionOf(revision), StringComparison.Ordinal)
                .Replace("{distribution}", spec.Key, StringComparison.Ordinal)
                .Replace("{architecture}", spec.Architecture.InGlance(), StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Glance's <c>min_ram</c>. scs-0102 wants it to suffice for booting, which the catalogue need not say.</summary>
    public static int MinRam(DistributionSpec spec, PublishOptions options) =>
        spec.MinRam is 0 && options.Metadata is MetadataProfile.Scs ? ScsProfile.MinRam : spec.MinRam;

    /// <summary>What a new image gets: the descriptive properties, and our marks.</summary>
    public static IReadOnlyDictionary<string, string> AllProperties(
        DistributionSpec spec, ResolvedImage image, PublishOptions options, RunMark run, IReadOnlyList<string> replaces)
    {
        var properties = new Dictionary<string, string>(DescriptiveProperties(spec, options, ImageFacts.Of(image)), StringComparer.Ordinal)
        {
            [ImageMarks.Source] = ImageMarks.Imgsync,
            [ImageMarks.Distribution] = spec.Key,
            [ImageMarks.Revision] = image.Revision,
            [ImageMarks.Url] = image.OfficialLocation.AbsoluteUri,
            [ImageMarks.Digest(image.Digest.Algorithm)] = image.Digest.Hex,
            [ImageMarks.Run] = run.ToString(),
        };
        if (image.Provenance.SignedBy is { } fingerprint)
            properties[ImageMarks.SignedBy] = fingerprint;
        if (image.Provenance.SignedAt is { } signedAt)
            properties[ImageMarks.SignedAt] = signedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (replaces is not [])
            properties[ImageMarks.Replaces] = string.Join(',', replaces);

        return properties;
    }

    /// <summary>The properties that every image of ours has and keeps, besides the marks: from us, the profile, the catalogue and the
    /// operator, who comes last.</summary>
    /// <param name="facts">Of the offer, or of the image that stands. What needs a fact that is not known is left out.</param>
    public static IReadOnlyDictionary<string, string> DescriptiveProperties(DistributionSpec spec, PublishOptions options, ImageFacts facts)
    {
        var version = spec.OsVersionOf(facts.Revision);
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Standard of the Sovereign Cloud Stack, scs-0102.
            ["image_source"] = "{url}",
            ["image_build_date"] = "{buildDate}",

            // Glance's own vocabulary ("Useful image properties").
            ["architecture"] = spec.Architecture.InGlance(),
            ["os_distro"] = spec.OsDistro,
            ["os_version"] = version ?? "",
            ["os_type"] = "linux",
            ["os_admin_user"] = spec.AdminUser,

            // The same once more under the names that the older Python tool gave them: people's scripts look for these.
            ["distribution"] = spec.OsDistro,
            ["version"] = version ?? "",
            ["type"] = "linux",
        };
        if (version is null)
        {
            properties.Remove("os_version");
            properties.Remove("version");
        }

        if (spec.Architecture is Architecture.Arm64)
        {
            // Nothing else boots there.
            properties["hw_firmware_type"] = "uefi";
            properties["hw_machine_type"] = "virt";
        }

        var profile = options.Metadata is MetadataProfile.Scs ? ScsProfile.Properties(spec, options, facts) : [];
        foreach (var (name, value) in profile.Concat(spec.Properties).Concat(options.Properties))
            properties[name] = value;
        foreach (var unwanted in options.RemoveProperties)
            properties.Remove(unwanted);
        return facts.Fill(properties);
    }
}
