using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Catalog.Reading;

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

    [Description(
        "How long after the day in a revision its list may have been signed, such as 30d; any time where nothing is said, or with 0.")]
    public string? SignedWithin { get; set; }

    [Description("For the index pieces: where the newest revision is read.")]
    public NewestEntry? Newest { get; set; }

    [Description("For the index pieces: the list that has the images' digests.")]
    public DigestsEntry? Digests { get; set; }

    [Description("For the index pieces: what proves that list; nothing for a publisher that does not sign.")]
    public SignatureEntry? SignatureFile { get; set; }

    [Description("For the index pieces: how the publisher spells architectures: \"Amd64\": \"x86_64\".")]
    public Dictionary<string, string?>? ArchitectureNames { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
