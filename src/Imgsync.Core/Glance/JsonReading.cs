using System.Text.Json;

namespace Imgsync.Core.Glance;

/// <summary>Reads what may be absent or null from answers that others write.</summary>
internal static class JsonReading
{
    public static string? Optional(this JsonElement parent, string name) => parent.Of(name, JsonValueKind.String)?.GetString();

    public static long? OptionalNumber(this JsonElement parent, string name) =>
        parent.Of(name, JsonValueKind.Number) is { } value && value.TryGetInt64(out var number) ? number : null;

    public static bool Flag(this JsonElement parent, string name) => parent.Of(name, JsonValueKind.True) is not null;

    public static DateTimeOffset? OptionalTime(this JsonElement parent, string name) =>
        parent.Of(name, JsonValueKind.String) is { } value && value.TryGetDateTimeOffset(out var time) ? time : null;

    /// <summary>The items of a list; none where there is no list.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement parent, string name) =>
        parent.Of(name, JsonValueKind.Array)?.EnumerateArray() ?? Enumerable.Empty<JsonElement>();

    /// <summary>Every item of the list that an answer is expected to have.</summary>
    /// <exception cref="JsonException">It has none.</exception>
    public static List<T> Each<T>(this JsonElement parent, string name, Func<JsonElement, T> read) =>
        parent.Of(name, JsonValueKind.Array) is { } list
            ? [.. list.EnumerateArray().Select(read)]
            : throw new JsonException($"no list of {name}");

    private static JsonElement? Of(this JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;
}
