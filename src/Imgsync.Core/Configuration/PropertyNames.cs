using System.Collections.Frozen;

namespace Imgsync.Core.Configuration;

/// <summary>Which names of an image record are Glance's, which are imgsync's own marks; all
/// others are properties that anybody may set.</summary>
internal static class PropertyNames
{
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
}
