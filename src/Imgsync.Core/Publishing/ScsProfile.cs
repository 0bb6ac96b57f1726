using System.Globalization;
using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Glance.Api;

namespace Imgsync.Core.Publishing;

/// <summary>The profile <c>scs</c>: the properties that scs-0102 asks for, from the catalogue and from what this installation does with
/// its images; and the check of images that are there.</summary>
public static class ScsProfile
{
    /// <summary>In MiB, where the catalogue names nothing: what a cloud image boots with.</summary>
    internal const int MinRam = 512;

    private const long GiB = 1L << 30;

    /// <summary>What an image lacks, or has a value for that the standard does not allow: one sentence each.</summary>
    /// <param name="others">All images of the cloud: of those that everybody sees, one is the generic image of its system.</param>
    public static IReadOnlyList<string> Check(GlanceImage image, IEnumerable<GlanceImage> others) =>
    [
        .. ScsMetadata.Required.Where(name => !image.Properties.ContainsKey(name)).Select(name => $"{name} is missing"),
        .. image.Properties.OrderBy(property => property.Key, StringComparer.Ordinal)
            .Select(property => (property.Key, property.Value, Complaint: ScsMetadata.Complaint(property.Key, property.Value)))
            .Where(found => found.Complaint is not null)
            .Select(found => $"{found.Key} is \"{found.Value}\", {found.Complaint}"),
        .. Attributes(image),
        .. others.Where(other => other.Id != image.Id && IsGeneric(image) && IsGeneric(other) && System(image) == System(other))
            .Select(other => $"os_purpose is generic, as that of {other.Name} ({other.Id}): only one public image of a system may be, "
                + "hide the older"),
    ];

    /// <summary>Whether users find the image, so that the standard speaks of it.</summary>
    public static bool Covers(GlanceImage image) => image is { Status: "active", OsHidden: false };

    internal static Dictionary<string, string> Properties(DistributionSpec spec, PublishOptions options, ImageFacts facts)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["image_original_user"] = spec.AdminUser,
            ["image_description"] = spec.Description ?? spec.LocateOfficially(spec.FixedPath).AbsoluteUri,
            ["os_purpose"] = spec.Purpose ?? "custom", // the standard's own advice in case of doubt
            ["provided_until"] = spec.EndOfSupport is { } end ? Day(end) : "none",
            ["hotfix_hours"] = "0", // best effort: each run publishes what the publisher has
            ["hypervisor_type"] = "qemu",
            ["hw_disk_bus"] = "scsi",
            ["hw_scsi_model"] = "virtio-scsi",
            ["hw_rng_model"] = "virtio",
        };
        if (spec.ReplaceFrequency is { } frequency)
            properties["replace_frequency"] = frequency;
        if (Validity(options, facts) is { } validity)
            properties["uuid_validity"] = validity;
        if (spec.Architecture is Architecture.Arm64)
            (properties["hw_firmware_type"], properties["hw_machine_type"]) = ("uefi", "virt");
        return properties;
    }

    /// <summary>How long an image can be used by its id: no longer than our own rules leave it. Null where they go by the image's day,
    /// and that is not known.</summary>
    private static string? Validity(PublishOptions options, ImageFacts facts)
    {
        var (keep, prune) = (options.Keep, options.Prune);
        if (!prune.Enabled || (prune.DeleteAfter ?? prune.DeactivateAfter) is not { } end)
            return "notice";
        if (keep > 1)
            return string.Create(CultureInfo.InvariantCulture, $"last-{keep - 1}");
        if (prune.DeactivateAfter < end)
            end = prune.DeactivateAfter.Value;
        return end < TimeSpan.FromDays(1) ? "none" : facts.BuildDate is { } built ? Day(built.AddDays(end.Days)) : null;
    }

    private static IEnumerable<string> Attributes(GlanceImage image)
    {
        if (image.MinRam is 0)
            yield return "min_ram is 0, it must be the MiB that the image boots with";
        if (image.MinDisk is 0 || image.MinDisk * GiB < image.Size)
            yield return $"min_disk is {image.MinDisk}, it must be the GiB that the image needs";
        if (DateTime.TryParse(image.Properties.GetValueOrDefault("image_build_date"), CultureInfo.InvariantCulture, out var built)
            && built > image.CreatedAt.UtcDateTime)
            yield return $"image_build_date is after {image.CreatedAt.UtcDateTime:yyyy-MM-dd}, when the image was made";
    }

    private static bool IsGeneric(GlanceImage image) =>
        Covers(image) && image.Visibility is "public" && image.Properties.GetValueOrDefault("os_purpose") is "generic";

    private static (string?, string?, string?) System(GlanceImage image) => (
        image.Properties.GetValueOrDefault("os_distro"),
        image.Properties.GetValueOrDefault("os_version"),
        image.Properties.GetValueOrDefault("architecture"));

    private static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
