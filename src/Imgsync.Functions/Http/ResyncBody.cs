using System.Text;
using System.Text.Json;
using Imgsync.Core.Runs;

namespace Imgsync.Functions.Http;

/// <summary>Reads what somebody asks of a run from JSON, strictly: every fault is named, nothing is guessed.</summary>
internal static class ResyncBody
{
    public const int LongestBody = 64 * 1024;

    private const int Deepest = 8;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Deepest };

    /// <summary>Null when the body is longer than it may be.</summary>
    public static async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        // One byte more than is allowed tells too long from just long enough, whatever Content-Length says.
        var buffer = new byte[LongestBody + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > LongestBody ? null : buffer[..length];
    }

    /// <summary>An empty body asks for everything.</summary>
    public static RunRequest Parse(ReadOnlyMemory<byte> body, List<string> faults)
    {
        if (body.IsEmpty)
            return new RunRequest();

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            FindDuplicates(body.Span, faults);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document.RootElement.EnumerateObject().Aggregate(
                    new RunRequest(), (request, property) => With(request, property, faults));
            faults.Add("The body is a JSON object with the optional keys distributions, clouds, force and dryRun.");
        }
        catch (JsonException malformed)
        {
            faults.Add($"The body is not JSON: line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1} cannot be read.");
        }
        catch (InvalidOperationException)
        {
            faults.Add("The body has text that is no valid Unicode.");
        }

        return new RunRequest();
    }

    /// <summary>Of a key that stands twice only one would count, and nobody could say which was meant.</summary>
    private static void FindDuplicates(ReadOnlySpan<byte> body, List<string> faults)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = Deepest });
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read())
        {
            if (reader is not { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 }
                || reader.GetString() is not { } name || seen.Add(name))
                continue;
            var before = body[..(int)reader.TokenStartIndex];
            faults.Add(
                $"Key {Shown(name)} stands twice, the second time in line {before.Count((byte)'\n') + 1} at byte "
                    + $"{before.Length - before.LastIndexOf((byte)'\n')}.");
        }
    }

    private static RunRequest With(RunRequest request, JsonProperty property, List<string> faults)
    {
        switch (property.Name)
        {
            case "distributions":
                return request with { Distributions = Names(property, faults) };
            case "clouds":
                return request with { Clouds = Names(property, faults) };
            case "force":
                return request with { Force = Flag(property, faults) };
            case "dryRun":
                return request with { DryRun = Flag(property, faults) };
            default:
                faults.Add($"Key {Shown(property.Name)} is not known; known are distributions, clouds, force and dryRun.");
                return request;
        }
    }

    private static List<string> Names(JsonProperty property, List<string> faults)
    {
        if (property.Value.ValueKind == JsonValueKind.Array
            && property.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String && item.GetString() is not ""))
        {
            return [.. property.Value.EnumerateArray().Select(item => item.GetString()!)];
        }

        faults.Add($"Key {property.Name} is a list of names.");
        return [];
    }

    private static bool Flag(JsonProperty property, List<string> faults)
    {
        if (property.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            faults.Add($"Key {property.Name} is true or false.");
        return property.Value.ValueKind == JsonValueKind.True;
    }

    private static string Shown(string name)
    {
        var shown = new StringBuilder();
        foreach (var rune in name.EnumerateRunes().Take(40))
            shown.Append(rune);
        return name.Length > 40 ? shown.Append('…').ToString() : shown.ToString();
    }
}
