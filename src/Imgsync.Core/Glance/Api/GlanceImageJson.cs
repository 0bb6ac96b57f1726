using System.Text.Json;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Glance.Api;

/// <summary>Reads image records: strict about what we decide by, the id and the status, and tolerant about everything else.</summary>
internal static class GlanceImageJson
{
    /// <exception cref="JsonException">It is not an image record.</exception>
    public static GlanceImage Read(JsonElement image)
    {
        if (image.ValueKind != JsonValueKind.Object)
            throw new JsonException("no image record");

        return new GlanceImage
        {
            Id = image.Optional("id") is { Length: > 0 } id ? id : throw new JsonException("an image without id"),
            Status = image.Optional("status") is { Length: > 0 } status ? status : throw new JsonException("an image without status"),
            Name = image.Optional("name")?.OnOneLine() ?? "",
            Visibility = image.Optional("visibility") ?? "",
            DiskFormat = image.Optional("disk_format"),
            Size = image.OptionalNumber("size"),
            OsHashAlgo = image.Optional("os_hash_algo"),
            OsHashValue = image.Optional("os_hash_value"),
            Owner = image.Optional("owner"),
            CreatedAt = image.OptionalTime("created_at") ?? default,
            UpdatedAt = image.OptionalTime("updated_at") ?? default,
            OsHidden = image.Flag("os_hidden"),
            Protected = image.Flag("protected"),
            MinDisk = Small(image.OptionalNumber("min_disk")),
            MinRam = Small(image.OptionalNumber("min_ram")),
            Tags = [.. image.Items("tags").Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!)],
            Stores = Names(image.Optional("stores")),
            ImportTask = image.Optional("os_glance_import_task"),
            ImportingToStores = Names(image.Optional("os_glance_importing_to_stores")),
            FailedStores = Names(image.Optional("os_glance_failed_import")),
            Properties = Custom(image),
        };
    }

    private static Dictionary<string, string> Custom(JsonElement image)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in image.EnumerateObject())
        {
            // Of two with one name the last counts, as for JSON in general.
            if (property.Value.ValueKind == JsonValueKind.String && property.Name is var name
                && !PropertyNames.IsAttribute(name) && !PropertyNames.IsReserved(name))
                properties[name] = property.Value.GetString()!;
        }

        return properties;
    }

    private static string[] Names(string? list) =>
        list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static int Small(long? number) => (int)Math.Clamp(number ?? 0, 0, int.MaxValue);
}
