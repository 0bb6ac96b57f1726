using System.Text.Json;
using System.Text.Json.Nodes;

namespace Imgsync.Testing;

/// <summary>An enumeration in a JSON schema: the words that are written for its values, as the serializer itself writes them.</summary>
public static class WordsInSchemas
{
    /// <returns>Null when the type is no enumeration.</returns>
    public static JsonObject? Of(Type type)
    {
        var named = Nullable.GetUnderlyingType(type) ?? type;
        if (!named.IsEnum)
            return null;

        var words = Enum.GetValues(named).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, named));
        return new JsonObject { ["enum"] = new JsonArray([.. words, .. named == type ? [] : new JsonNode?[] { null }]) };
    }
}
