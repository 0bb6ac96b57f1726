using System.Text.Json.Serialization.Metadata;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>The fields that an entry of a catalogue file may have: those of the record it is read into, by the code that reads it, because
/// reflection takes time at every start.</summary>
internal static class EntryFields<T>
    where T : new()
{
    private static readonly IList<JsonPropertyInfo> Properties = CatalogJson.Default.GetTypeInfo(typeof(T))!.Properties;

    /// <summary>As they are written.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Properties.Where(property => !property.IsExtensionData).Select(property => property.Name)];

    /// <summary>The lower entry with the fields that the upper one sets.</summary>
    public static T Lay(T? below, T? above)
    {
        var entry = new T();
        foreach (var property in Properties)
            property.Set!(entry, Value(property, above) ?? Value(property, below));
        return entry;
    }

    private static object? Value(JsonPropertyInfo property, T? entry) => entry is null ? null : property.Get!(entry);
}
