using System.Text.Json.Serialization;

namespace Imgsync.Core.Catalog;

/// <summary>Who makes images, where they are published and how they are signed.</summary>
public sealed record Publisher
{
    /// <summary>The publisher's own tree, ending in a slash.</summary>
    public required Uri OfficialUrl { get; init; }

    /// <summary>Where we read that tree from: <see cref="OfficialUrl"/> or a mirror of the operator's.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>The index format, one of <see cref="IndexFormats"/>.</summary>
    public required string Index { get; init; }

    public SignaturePolicy Signature { get; init; }

    /// <summary>Full fingerprints, upper-case hex, of the keys that may sign.</summary>
    public IReadOnlyList<string> SignedBy { get; init; } = [];
}

/// <summary>Whether an image may be used without a signature over its digest.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SignaturePolicy>))]
public enum SignaturePolicy
{
    /// <summary>Not looked for: the publisher does not sign.</summary>
    None,

    /// <summary>A bad signature is refused, a missing one is said in the report.</summary>
    Preferred,

    /// <summary>Nothing is used without a good signature by a pinned key.</summary>
    Required,
}
