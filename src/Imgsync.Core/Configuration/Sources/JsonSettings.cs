using System.Text;
using System.Text.Json;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>
/// <c>imgsync.json</c>: comments and trailing commas are welcome, everything else is strict. The configuration provider of .NET's
/// would merge a section that stands twice, and names no place where a key does.
/// </summary>
internal sealed class JsonSettings
{
    private static readonly JsonReaderOptions Welcome = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly Dictionary<string, long> _places = new(StringComparer.OrdinalIgnoreCase);
    private readonly byte[] _text;
    private readonly string _path;
    private readonly ICollection<string> _faults;

    private JsonSettings(string path, byte[] text, ICollection<string> faults) => (_path, _text, _faults) = (path, text, faults);

    /// <param name="faults">Gets what is wrong with single keys; the rest is read all the same.</param>
    /// <exception cref="ConfigurationException">The file cannot be read or is not JSON.</exception>
    public static SettingNode Read(string path, ICollection<string> faults)
    {
        var text = Encoding.UTF8.GetBytes(SettingsText.Read(path));
        try
        {
            var reader = new Utf8JsonReader(text, Welcome);
            reader.Read();
            if (reader.TokenType is not JsonTokenType.StartObject)
                throw new ConfigurationException($"The settings file {path} is not a JSON object of names to values.");

            var root = SettingNode.Root(Origin.File(path));
            new JsonSettings(path, text, faults).Fill(root, ref reader);
            reader.Read(); // refuses what follows the object
            root.Children.Remove("$schema"); // for the editor, not for us
            return root;
        }
        catch (JsonException exception)
        {
            throw new ConfigurationException(
                $"The settings file {path} is not valid JSON at {JsonPlace.Of(exception)}: {JsonPlace.Complaint(exception)}.");
        }
    }

    private void Fill(SettingNode section, ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var place = reader.TokenStartIndex;
            var key = Text(ref reader);
            reader.Read();
            if (key is null)
                reader.Skip();
            else
                Add(section, key, place, ref reader);
        }
    }

    private void Add(SettingNode parent, string key, long place, ref Utf8JsonReader reader)
    {
        var node = parent.Set(key, null, parent.Origin);
        if (!_places.TryAdd(node.Path, place))
            _faults.Add($"{node.Label} stands at {Place(_places[node.Path])} and again at {Place(place)}: leave one of them out.");

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Fill(node, ref reader);
                break;
            case JsonTokenType.StartArray:
                var count = 0;
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
                    Add(node, $"{count++}", reader.TokenStartIndex, ref reader);
                if (count == 0)
                    parent.Set(key, "", parent.Origin);
                break;
            case not JsonTokenType.Null:
                if (Text(ref reader) is { } value)
                    parent.Set(key, value, parent.Origin);
                else
                    parent.Children.Remove(key);
                break;
        }
    }

    /// <summary>A text, or a number or a truth value as it is written; null, and a fault, for a text with half a character in it.</summary>
    private string? Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            return Encoding.UTF8.GetString(reader.ValueSpan);

        if (JsonPlace.Text(ref reader) is { } text)
            return text;
        _faults.Add(
            $"The settings file {_path} has half a character in the text at {Place(reader.TokenStartIndex)}, {JsonPlace.HalfCharacter}.");
        return null;
    }

    private string Place(long start) => JsonPlace.Of(_text, start);
}
