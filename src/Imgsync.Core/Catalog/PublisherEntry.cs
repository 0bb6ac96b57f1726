using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Catalog;

/// <summary>A publisher as it stands in a catalogue file.</summary>
internal sealed record PublisherEntry
{
    [Description("The publisher's own tree, which paths are appended to.")]
    public string? Url { get; set; }

    [Description("How its directories list images.")]
    public string? Index { get; set; }

    [Description("Whether an image may be used without a signature over its digest.")]
    public string? Signature { get; set; }

    [Description("Full fingerprints of the keys that may sign.")]
    public IReadOnlyList<string?>? SignedBy { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
