using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Imgsync.Core.Configuration;

/// <summary>Which names of an image record are Glance's, which are imgsync's own marks; all
/// others are properties that anybody may set.</summary>
internal static partial class PropertyNames
{
    // The columns of Glance's table image_properties: VARCHAR(255) and TEXT.
    private const int LongestName = 255;
    private const int LongestValue = 65535;

    /// <summary>What a property's value is filled in with when its image is published.</summary>
    private static readonly string[] Placeholders = ["revision", "buildDate", "url"];

    /// <summary>The schema of Glance's Image API v2, and what earlier versions knew: a
    /// property of such a name would be an attribute.</summary>
    private static readonly FrozenSet<string> Attributes = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "checksum", "container_format", "created_at", "deleted", "deleted_at", "direct_url", "disk_format", "file", "id", "is_public",
        "location", "locations", "min_disk", "min_ram", "name", "os_hash_algo", "os_hash_value", "os_hidden", "owner", "protected",
        "schema", "self", "size", "status", "stores", "tags", "updated_at", "virtual_size", "visibility");

    public static bool IsAttribute(string name) => Attributes.Contains(name);

    /// <summary>Glance's own bookkeeping of imports.</summary>
    public static bool IsReserved(string name) => name.StartsWith("os_glance", StringComparison.OrdinalIgnoreCase);

    /// <summary>What decides which images are ours: never a setting, and never data.</summary>
    public static bool IsMark(string name) =>
        name.Equals("source", StringComparison.OrdinalIgnoreCase) || name.StartsWith("imgsync.", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with a property that settings or the catalogue give to images, as what its key does.</summary>
    public static string? Complaint(string name, string value) => name switch
    {
        _ when IsMark(name) => $"sets the property '{name}', by which imgsync knows its own images: leave it out",
        _ when IsAttribute(name) => $"sets '{name}', which is an attribute of every image and no property: leave it out",
        _ when IsReserved(name) => $"sets the property '{name}', but Glance keeps names with os_glance to itself: leave it out",
        _ when name.Length > LongestName || string.IsNullOrWhiteSpace(name) =>
            $"sets a property whose name has {name.Length} characters: Glance stores 1 to {LongestName}",
        _ when value.Length > LongestValue =>
            $"gives the property '{name}' {value.Length} characters: Glance stores at most {LongestValue}",
        _ when Placeholder().Matches(value).Select(match => match.Groups["name"].Value).FirstOrDefault(IsUnknown) is { } unknown =>
            $"gives the property '{name}' the unknown placeholder '{{{unknown}}}': use {{{string.Join("}, {", Placeholders)}}}",
        _ => null,
    };

    private static bool IsUnknown(string placeholder) => !Placeholders.Contains(placeholder, StringComparer.Ordinal);

    /// <summary>A single word in braces: a value may be JSON.</summary>
    [GeneratedRegex(@"\{(?<name>[A-Za-z][A-Za-z0-9_-]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}
