using System.Text.Json;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>
/// What a Debian cloud image's JSON manifest says about its files: the items of <c>kind: Upload</c>. Only of these is anything
/// kept, so that a list of millions of empty items takes no more memory than its bytes, a few times over.
/// </summary>
internal sealed record DebianManifest(IReadOnlyList<DebianManifest.Item> Uploads)
{
    /// <summary>Real ones list about three hundred packages and stay far below a MiB.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    /// <exception cref="JsonException">The bytes are no manifest.</exception>
    public static DebianManifest Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return Find(document.RootElement, "items") is { ValueKind: JsonValueKind.Array } items
            ? new DebianManifest([.. items.EnumerateArray().Where(item => Text(item, "kind") is "Upload").Select(Read)])
            : throw new JsonException("It has no items.");
    }

    /// <summary>The one upload in this disk format, or null. A build, and every other file of it, has a digest of its own.</summary>
    public Item? FindUpload(string diskFormat)
    {
        var uploads = Uploads.Where(upload => string.Equals(upload.Format, diskFormat, StringComparison.Ordinal)).Take(2).ToList();
        return uploads.Count == 1 ? uploads[0] : null;
    }

    private static Item Read(JsonElement item)
    {
        var metadata = Find(item, "metadata");
        var labels = Find(metadata, "labels");
        return new Item(
            Format: Text(labels, "upload.cloud.debian.org/image-format"),
            Ref: Text(Find(item, "data"), "ref"),
            Version: Text(labels, "cloud.debian.org/version"),
            Digest: Text(Find(metadata, "annotations"), "cloud.debian.org/digest"));
    }

    private static JsonElement Find(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement parent, string name)
    {
        try
        {
            return Find(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // The parser lets bad UTF-8 and half a surrogate pair pass until somebody reads the string.
            return null;
        }
    }

    /// <param name="Ref">The file below the publisher's base URL, always by its stamped name.</param>
    /// <param name="Digest"><c>sha512:</c> and base64 without padding.</param>
    internal sealed record Item(string? Format, string? Ref, string? Version, string? Digest);
}
