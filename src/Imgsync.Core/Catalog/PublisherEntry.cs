using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Catalog;

/// <summary>A publisher as it stands in a catalogue file.</summary>
internal sealed record PublisherEntry
{
    public string? Url { get; init; }

    public string? Index { get; init; }

    public string? Signature { get; init; }

    public IReadOnlyList<string?>? SignedBy { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; init; }

    /// <summary>This entry with the fields that the other one sets.</summary>
    public PublisherEntry Under(PublisherEntry? over) => over is null ? this : new()
    {
        Url = over.Url ?? Url,
        Index = over.Index ?? Index,
        Signature = over.Signature ?? Signature,
        SignedBy = over.SignedBy ?? SignedBy,
        Unknown = over.Unknown,
    };
}
