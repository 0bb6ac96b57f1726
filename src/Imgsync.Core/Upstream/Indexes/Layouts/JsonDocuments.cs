using System.Text.Json;
using Imgsync.Core.Content;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>What is looked up in a publisher's JSON documents, by JSON pointers (RFC 6901).</summary>
internal static class JsonDocuments
{
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 32 };

    /// <exception cref="UpstreamException">It is no JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> content, Uri location)
    {
        try
        {
            return JsonDocument.Parse(content, Bounded);
        }
        catch (JsonException malformed)
        {
            throw new UpstreamException(
                $"The document {location.InMessages()} is malformed ({malformed.Message}); try again later or another mirror.", malformed);
        }
    }

    /// <summary>The objects at a place: the elements of a list there, or what is there itself.</summary>
    public static IEnumerable<JsonElement> Each(JsonElement root, string pointer) => Find(root, pointer) switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
        { } one => [one],
        _ => [],
    };

    /// <summary>Null where there is none, or it is none.</summary>
    public static string? Text(JsonElement element, string pointer) =>
        Find(element, pointer) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>The algorithm is known by the number of digits; null for those of weak ones.</summary>
    public static Digest? DigestOf(string? hex) =>
        Digest.TryFromHex(DigestAlgorithm.Sha512, hex, out var longer) ? longer
        : Digest.TryFromHex(DigestAlgorithm.Sha256, hex, out var shorter) ? shorter
        : null;

    public static JsonElement? Find(JsonElement element, string pointer)
    {
        foreach (var step in pointer.Split('/').Skip(1))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (element.ValueKind is not JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }

        return element;
    }
}
