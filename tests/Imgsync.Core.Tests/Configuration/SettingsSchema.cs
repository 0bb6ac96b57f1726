using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Configuration;

/// <summary>The JSON schema of <c>imgsync.json</c>, written from the options records, so
/// that an editor can complete and check the file.</summary>
internal static class SettingsSchema
{
    public static string Write()
    {
        var schema = Record(typeof(ImgsyncOptions));
        schema["properties"]!["$schema"] = SchemaPart.Text();
        return schema.Document("imgsync.json");
    }

    private static JsonObject Record(Type type) =>
        SchemaPart.Record(type.GetProperties().Select(property => KeyValuePair.Create(OptionKeys.Key(property), Property(property))));

    private static JsonObject Property(PropertyInfo property)
    {
        var schema = Value(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType)
            .Described(property.GetCustomAttribute<DescriptionAttribute>()?.Description);
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
            return SchemaPart.OneOf(
                SchemaPart.Text(), SchemaPart.List(
                    SettingText.Covers(item) ? Value(item) : SchemaPart.OneOf(SchemaPart.Text(), Record(item))));
        if (OptionKeys.ValueOfDictionary(type) is { } value)
            return Pairs(value);
        if (type.IsEnum)
            return SchemaPart.Choice(SettingText.ChoicesOf(type));

        return type.Name switch
        {
            nameof(Boolean) => new JsonObject { ["type"] = "boolean" },
            nameof(Int32) => new JsonObject { ["type"] = "integer" },
            nameof(Int64) => SchemaPart.OneOf(new JsonObject { ["type"] = "integer", ["minimum"] = 1 }, SchemaPart.Text(SchemaPart.Size)),
            nameof(TimeSpan) => SchemaPart.Text(SchemaPart.Duration),
            nameof(Uri) => SchemaPart.Text(SchemaPart.Url),
            nameof(Secret) => SchemaPart.OneOf(
                SchemaPart.Text(), SchemaPart.Record([KeyValuePair.Create("file", SchemaPart.Text(".").Described("The file it stands in."))])),
            nameof(String) => SchemaPart.Text(),
            _ => Record(type),
        };
    }

    private static JsonObject Pairs(Type value)
    {
        var byName = SchemaPart.ByName(Value(value));
        return SettingText.Covers(value)
            ? SchemaPart.OneOf(byName, SchemaPart.List(SchemaPart.Text("^[^=]+=")), SchemaPart.Text("="))
            : byName;
    }
}
