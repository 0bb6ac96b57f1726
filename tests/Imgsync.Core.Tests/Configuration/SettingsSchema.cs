using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Configuration;

/// <summary>The JSON schema of <c>imgsync.json</c>, written from the options records, so that an editor can complete and check the file.</summary>
internal static class SettingsSchema
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write()
    {
        var schema = Record(typeof(ImgsyncOptions));
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "imgsync.json");
        schema["properties"]!["$schema"] = Text();
        return schema.ToJsonString(Layout).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonObject Record(Type type) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(type.GetProperties().Select(property => KeyValuePair.Create(OptionKeys.Key(property), (JsonNode?)Property(property)))),
    };

    private static JsonObject Property(PropertyInfo property)
    {
        var schema = Value(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
        if (property.GetCustomAttribute<DescriptionAttribute>() is { } description)
            schema.Insert(0, "description", description.Description);
        if (property.GetCustomAttribute<RangeAttribute>() is { OperandType: var type } range && type == typeof(int))
        {
            schema["minimum"] = (int)range.Minimum;
            if (range.Maximum is not int.MaxValue)
                schema["maximum"] = (int)range.Maximum;
        }

        return schema;
    }

    private static JsonObject Value(Type type)
    {
        if (OptionKeys.ItemOfList(type) is { } item)
            return OneOf(Text(), new JsonObject { ["type"] = "array", ["items"] = SettingText.Covers(item) ? Value(item) : OneOf(Text(), Record(item)) });
        if (OptionKeys.ValueOfDictionary(type) is { } value)
            return Pairs(value);
        if (type.IsEnum)
            return new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => JsonValue.Create(name.ToLowerInvariant()))]) };

        return type.Name switch
        {
            nameof(Boolean) => new JsonObject { ["type"] = "boolean" },
            nameof(Int32) => new JsonObject { ["type"] = "integer" },
            nameof(Int64) => OneOf(new JsonObject { ["type"] = "integer", ["minimum"] = 1 }, Text("^[0-9]+ *([KMGTkmgt]i?)?[Bb]?$")),
            nameof(TimeSpan) => Text("^(|0|[0-9]{1,7} *[smhd]|([0-9]+\\.)?[0-9]+:[0-9]+(:[0-9.]+)?)$"),
            nameof(Uri) => Text("^(https?://.+)?$"),
            nameof(String) or nameof(Secret) => Text(),
            _ => Record(type),
        };
    }

    private static JsonObject Pairs(Type value)
    {
        var byName = new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(value) };
        return SettingText.Covers(value)
            ? OneOf(byName, new JsonObject { ["type"] = "array", ["items"] = Text("^[^=]+=") }, Text("="))
            : byName;
    }

    private static JsonObject OneOf(params JsonObject[] choices) => new() { ["anyOf"] = new JsonArray([.. choices]) };

    private static JsonObject Text(string? pattern = null) =>
        pattern is null ? new JsonObject { ["type"] = "string" } : new JsonObject { ["type"] = "string", ["pattern"] = pattern };
}
