using System.Text.Json;

namespace Imgsync.Core.Upstream;

/// <summary>What a Debian cloud image's JSON manifest says about one file: the items of <c>kind: Upload</c>.</summary>
internal sealed record DebianManifest(IReadOnlyList<DebianManifest.Item> Items)
{
    /// <summary>Real ones list about three hundred packages and stay far below a MiB.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    private const string FormatLabel = "upload.cloud.debian.org/image-format";

    /// <exception cref="JsonException">The bytes are no manifest.</exception>
    public static DebianManifest Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<DebianManifest>(json, JsonSerializerOptions.Web) is { Items: not null } manifest
            ? manifest
            : throw new JsonException("It has no items.");

    /// <summary>The one upload in this disk format, or null. A build, and every other file of it, has a digest of its own.</summary>
    public Item? FindUpload(string diskFormat)
    {
        var uploads = Items
            .Where(item => item is { Kind: "Upload" } && string.Equals(item.Label(FormatLabel), diskFormat, StringComparison.Ordinal))
            .Take(2)
            .ToList();
        return uploads.Count == 1 ? uploads[0] : null;
    }

    internal sealed record Item(string? Kind, JsonElement Data, Metadata? Metadata)
    {
        /// <summary>The file below the publisher's base URL, always by its stamped name.</summary>
        public string? Ref => Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty("ref", out var value) ? Text(value) : null;

        public string? Version => Label("cloud.debian.org/version");

        /// <summary><c>sha512:</c> and base64 without padding.</summary>
        public string? Digest => Text(Metadata?.Annotations?.GetValueOrDefault("cloud.debian.org/digest") ?? default);

        public string? Label(string name) => Text(Metadata?.Labels?.GetValueOrDefault(name) ?? default);

        private static string? Text(JsonElement value)
        {
            try
            {
                return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            }
            catch (InvalidOperationException)
            {
                // The parser lets bad UTF-8 and half a surrogate pair pass until somebody reads the string.
                return null;
            }
        }
    }

    internal sealed record Metadata(Dictionary<string, JsonElement>? Annotations, Dictionary<string, JsonElement>? Labels);
}
