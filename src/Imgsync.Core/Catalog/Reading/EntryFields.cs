using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>The fields that an entry of a catalogue file may have: those of the record it is read into.</summary>
internal static class EntryFields<T>
    where T : new()
{
    private static readonly PropertyInfo[] Properties = typeof(T).GetProperties();

    /// <summary>As they are written.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Properties
            .Where(property => property.GetCustomAttribute<JsonExtensionDataAttribute>() is null)
            .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)),
    ];

    /// <summary>The lower entry with the fields that the upper one sets.</summary>
    public static T Lay(T? below, T? above)
    {
        var entry = new T();
        foreach (var property in Properties)
            property.SetValue(entry, Value(property, above) ?? Value(property, below));
        return entry;
    }

    private static object? Value(PropertyInfo property, T? entry) => entry is null ? null : property.GetValue(entry);
}
