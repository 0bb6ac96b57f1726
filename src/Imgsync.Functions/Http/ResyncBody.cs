using System.Text;
using System.Text.Json;
using Imgsync.Core;
using Imgsync.Core.Runs;

namespace Imgsync.Functions.Http;

/// <summary>Reads what somebody asks of a run from JSON, strictly: every fault is named with its place, nothing is guessed.</summary>
internal sealed class ResyncBody
{
    public const int LongestBody = 64 * 1024;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 8 };

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly byte[] _body;
    private readonly List<string> _faults;

    private ResyncBody(byte[] body, List<string> faults) => (_body, _faults) = (body, faults);

    /// <summary>Null when the body is longer than it may be.</summary>
    public static async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        // One byte more than is allowed tells too long from just long enough, whatever Content-Length says.
        var buffer = new byte[LongestBody + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > LongestBody ? null : buffer[..length];
    }

    /// <summary>An empty body asks for everything.</summary>
    public static RunRequest Parse(byte[] body, List<string> faults)
    {
        // What some editors and shells put before a text of theirs.
        var text = body.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body;
        if (text is [])
            return new RunRequest();
        if ((JsonPlace.FirstOddByte(text) ?? Array.IndexOf(text, (byte)0)) is >= 0 and var odd) // zeros: UTF-16
        {
            faults.Add($"The body is not UTF-8 at {JsonPlace.Of(text, odd)}: send the JSON as UTF-8.");
            return new RunRequest();
        }

        try
        {
            return new ResyncBody(text, faults).Read();
        }
        catch (JsonException malformed)
        {
            faults.Add($"The body is not JSON at {JsonPlace.Of(malformed)}: {JsonPlace.Complaint(malformed)}.");
            return new RunRequest();
        }
    }

    private RunRequest Read()
    {
        var request = new RunRequest();
        var reader = new Utf8JsonReader(_body, Strict);
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            reader.Skip();
            reader.Read(); // refuses what follows
            _faults.Add("The body is a JSON object with the optional keys distributions, clouds, force and dryRun.");
            return request;
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var place = reader.TokenStartIndex;
            var key = JsonPlace.Text(ref reader);
            reader.Read();
            request = With(request, key, place, ref reader);
        }

        reader.Read(); // refuses what follows the object
        return request;
    }

    private RunRequest With(RunRequest request, string? key, long place, ref Utf8JsonReader reader)
    {
        // Of a key that stands twice only one would count, and nobody could say which was meant.
        if (key is not null && !_seen.Add(key))
            _faults.Add($"Key {Shown(key)} stands twice, the second time at {Place(place)}.");

        switch (key)
        {
            case "distributions":
                return request with { Distributions = Names(key, ref reader) };
            case "clouds":
                return request with { Clouds = Names(key, ref reader) };
            case "force":
                return request with { Force = Flag(key, ref reader) };
            case "dryRun":
                return request with { DryRun = Flag(key, ref reader) };
            case null:
                _faults.Add($"The key at {Place(place)} has half a character, {JsonPlace.HalfCharacter}.");
                break;
            default:
                _faults.Add($"Key {Shown(key)} is not known; known are distributions, clouds, force and dryRun.");
                break;
        }

        reader.Skip();
        return request;
    }

    private List<string> Names(string key, ref Utf8JsonReader reader)
    {
        var names = new List<string>();
        var isList = reader.TokenType is JsonTokenType.StartArray;
        var isGood = isList;
        while (isList && reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            var name = reader.TokenType is JsonTokenType.String ? JsonPlace.Text(ref reader) : "";
            if (name is null)
                _faults.Add($"Key {key} has half a character in the text at {Place(reader.TokenStartIndex)}, {JsonPlace.HalfCharacter}.");
            isGood &= name is not "";
            names.Add(name ?? "");
            reader.Skip();
        }

        if (!isGood)
            _faults.Add($"Key {key} is a list of names.");
        reader.Skip();
        return names;
    }

    private bool Flag(string key, ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
            _faults.Add($"Key {key} is true or false.");
        var isSet = reader.TokenType is JsonTokenType.True;
        reader.Skip();
        return isSet;
    }

    private string Place(long position) => JsonPlace.Of(_body, position);

    private static string Shown(string name)
    {
        var shown = new StringBuilder();
        foreach (var rune in name.EnumerateRunes().Take(40))
            shown.Append(rune);
        return name.Length > 40 ? shown.Append('…').ToString() : shown.ToString();
    }
}
