using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Imgsync.Core.Tests.Configuration;

/// <summary>What our JSON schemas are put together from.</summary>
internal static class SchemaPart
{
    public const string Size = "^[0-9]+(\\.[0-9]+)? *(([KMGTkmgt]i?)?[Bb]?|bytes)$";
    public const string Duration = "^(|0|([0-9]+(\\.[0-9]+)? *(ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|w|weeks?) *)+"
        + "|([0-9]+\\.)?[0-9]+:[0-9]+(:[0-9.]+)?)$";
    public const string Url = "^(https?://.+)?$";

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    public static JsonObject Text(string? pattern = null) =>
        pattern is null ? new JsonObject { ["type"] = "string" } : new JsonObject { ["type"] = "string", ["pattern"] = pattern };

    public static JsonObject Choice(IEnumerable<string> names) =>
        new() { ["enum"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]) };

    public static JsonObject List(JsonObject item) => new() { ["type"] = "array", ["items"] = item };

    public static JsonObject ByName(JsonObject value) => new() { ["type"] = "object", ["additionalProperties"] = value };

    public static JsonObject OneOf(params JsonObject[] choices) => new() { ["anyOf"] = new JsonArray([.. choices]) };

    /// <summary>Nothing but these members.</summary>
    public static JsonObject Record(IEnumerable<KeyValuePair<string, JsonObject>> members) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = Members(members),
    };

    public static JsonObject Members(IEnumerable<KeyValuePair<string, JsonObject>> members) =>
        new(members.Select(member => KeyValuePair.Create(member.Key, (JsonNode?)member.Value)));

    public static JsonObject Described(this JsonObject schema, string? description)
    {
        if (description is not null)
            schema.Insert(0, "description", description);
        return schema;
    }

    /// <summary>The whole schema as it stands in its file.</summary>
    public static string Document(this JsonObject schema, string title)
    {
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", title);
        return schema.ToJsonString(Layout).ReplaceLineEndings("\n") + "\n";
    }
}
