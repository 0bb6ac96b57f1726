using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Core;

/// <summary>Spells an enumeration in JSON as tables, messages and metrics do: <c>up-to-date</c>.</summary>
/// <remarks>Once it was <c>UpToDate</c>. That is still read: stored reports live longer than a version, and a hosted run that is under way
/// at an update is replayed by the new version.</remarks>
public class WordConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private readonly Dictionary<T, JsonEncodedText> _words = [];
    private readonly Dictionary<string, T> _values = new(StringComparer.OrdinalIgnoreCase);

    public WordConverter()
        : this(value => Word.Of(value))
    {
    }

    /// <param name="spell">The word of a value, where it is not the kebab case of its name.</param>
    protected WordConverter(Func<T, string> spell)
    {
        foreach (var value in Enum.GetValues<T>())
        {
            _values[value.ToString()] = value;
            _values[spell(value)] = value;
            _words[value] = JsonEncodedText.Encode(spell(value));
        }
    }

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String ? Find(reader.GetString()) : throw new JsonException();

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Find(reader.GetString());

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(_words[value]);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(_words[value]);

    private T Find(string? word) => word is not null && _values.TryGetValue(word, out var value) ? value : throw new JsonException();
}

/// <summary>How a name in the code is spelt everywhere else.</summary>
public static class Word
{
    /// <summary><c>up-to-date</c></summary>
    public static string Of(Enum value) => Of(value.ToString());

    public static string Of(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}
