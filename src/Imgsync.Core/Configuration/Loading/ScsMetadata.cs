using System.Globalization;
using System.Text.RegularExpressions;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>What the Sovereign Cloud Stack's standard for image metadata (scs-0102, version 1.1) asks of an image's properties: which
/// must be there, and which values they may have. Values of OpenStack's own properties are those of Glance's "Useful image
/// properties".</summary>
internal static partial class ScsMetadata
{
    /// <summary>Version 2 adds <c>oldgeneric</c>, for an image that a newer one has replaced.</summary>
    public static readonly IReadOnlyList<string> Purposes = ["generic", "oldgeneric", "minimal", "k8snode", "gpu", "network", "custom"];

    public static readonly IReadOnlyList<string> Frequencies =
        ["yearly", "quarterly", "monthly", "weekly", "daily", "critical_bug", "never"];

    /// <summary>The mandatory properties, and <c>os_purpose</c>, which version 2 makes mandatory.</summary>
    public static readonly IReadOnlyList<string> Required =
    [
        "architecture", "os_distro", "os_version", "os_purpose", "hw_disk_bus", "image_build_date", "image_original_user", "image_source",
        "image_description", "replace_frequency", "uuid_validity", "provided_until",
    ];

    private static readonly string[] Architectures =
    [
        "aarch64", "alpha", "armv7l", "cris", "i686", "ia64", "lm32", "m68k", "microblaze", "microblazeel", "mips", "mips64", "mips64el",
        "mipsel", "openrisc", "parisc", "parisc64", "ppc", "ppc64", "ppc64le", "ppcemb", "riscv64", "s390", "s390x", "sh4", "sh4eb",
        "sparc", "sparc64", "unicore32", "x86_64", "xtensa", "xtensaeb",
    ];

    private static readonly string[] DiskBuses = ["scsi", "virtio", "fdc", "ide", "lxc", "sata", "uml", "usb", "xen"];

    private static readonly string[] Hypervisors = ["hyperv", "ironic", "lxc", "qemu", "uml", "vmware", "xen"];

    private static readonly string[] Day = ["yyyy-MM-dd"];

    private static readonly string[] Moment = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    /// <summary>What a value must be instead, as half a sentence; null where it is allowed, and for
    /// properties that the standard does not name.</summary>
    public static string? Complaint(string property, string value) => property switch
    {
        "architecture" => OneOf(Architectures, value),
        "os_purpose" => OneOf(Purposes, value),
        "replace_frequency" => OneOf(Frequencies, value),
        "hw_disk_bus" => OneOf(DiskBuses, value),
        "hw_rng_model" => OneOf(["virtio"], value),
        "hypervisor_type" => OneOf(Hypervisors, value),
        "license_included" or "license_required" or "subscription_included" or "subscription_required" => OneOf(["true", "false"], value),
        "os_distro" => Unless(DistroName().IsMatch(value), "it must be a name in lower case"),
        "os_version" or "image_original_user" or "image_description" => Unless(!string.IsNullOrWhiteSpace(value), "it must not be empty"),
        "image_build_date" => Unless(
            IsDate(value, Moment), "it must be a day in UTC, such as 2024-07-17, or with a time, 2024-07-17 18:11"),
        "image_source" => Unless(value is "private" || IsUrl(value), "it must be a URL or private"),
        "uuid_validity" => Unless(
            value is "none" or "notice" or "forever" || LastImages().IsMatch(value) || IsDate(value, Day),
            "it must be none, last-N, a day such as 2026-12-31, notice or forever"),
        "provided_until" => Unless(
            value is "none" or "notice" || IsDate(value, Day), "it must be a day such as 2026-12-31, none or notice"),
        "maintained_until" => Unless(IsDate(value, Day), "it must be a day such as 2026-12-31"),
        "hotfix_hours" => Unless(Number().IsMatch(value), "it must be a number of hours"),
        "l1_support_contact" => Unless(Uri.TryCreate(value, UriKind.Absolute, out _), "it must be a URI"),
        _ => null,
    };

    private static string? OneOf(IReadOnlyList<string> choices, string value) => Unless(
        choices.Contains(value, StringComparer.Ordinal),
        choices is [var only] ? $"it must be {only}" : $"it must be one of {string.Join(", ", choices)}");

    private static string? Unless(bool allowed, string complaint) => allowed ? null : complaint;

    private static bool IsUrl(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "ftp" or "ftps";

    private static bool IsDate(string value, string[] forms) =>
        DateTime.TryParseExact(value, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(@"\A[a-z][a-z0-9._-]*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DistroName();

    [GeneratedRegex(@"\Alast-[0-9]{1,9}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LastImages();

    [GeneratedRegex(@"\A[0-9]{1,9}(\.[0-9]{1,9})?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();
}
