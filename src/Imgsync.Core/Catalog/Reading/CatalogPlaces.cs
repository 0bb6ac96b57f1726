using System.Text;
using System.Text.Json;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>Where in a catalogue file the entries and their fields stand, so that a fault can be found.</summary>
public sealed class CatalogPlaces
{
    private readonly Dictionary<string, (int Line, int Column)> _places = new(StringComparer.Ordinal);
    private readonly List<string> _distributions = [];

    /// <param name="json">The file; what is wrong in it ends what is known.</param>
    public CatalogPlaces(byte[] json)
    {
        var path = new List<string>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is not JsonTokenType.PropertyName)
                    continue;
                path.RemoveRange(reader.CurrentDepth - 1, path.Count - reader.CurrentDepth + 1);
                path.Add(reader.GetString()!);
                if (path is ["distributions", var key])
                    _distributions.Add(key);
                _places[string.Join('.', path)] = PlaceOf(json.AsSpan(0, (int)reader.TokenStartIndex));
            }
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentOutOfRangeException or InvalidOperationException)
        {
            // Its own fault says where.
        }
    }

    /// <summary>The keys of the distributions that the file has, or changes.</summary>
    public IReadOnlyList<string> Distributions => _distributions;

    /// <summary>A fault of this file with its line and column; any other as it is.</summary>
    /// <param name="fault">Begins with the file's name, a colon, and the path of a field.</param>
    public string Locate(string file, string fault)
    {
        var start = $"{file}: ";
        if (!fault.StartsWith(start, StringComparison.Ordinal))
            return fault;

        // A missing field has no place of its own: its entry has.
        for (var path = fault[start.Length..].Split(' ', 2)[0]; path.Length > 0; path = path[..Math.Max(path.LastIndexOf('.'), 0)])
        {
            if (_places.TryGetValue(path, out var place))
                return $"{file}:{place.Line}:{place.Column}: {fault[start.Length..]}";
        }

        return fault;
    }

    /// <returns>Both from 1, as editors count.</returns>
    private static (int Line, int Column) PlaceOf(ReadOnlySpan<byte> before)
    {
        var line = before.Count((byte)'\n') + 1;
        return (line, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }
}
