using System.Text.Json.Serialization;

namespace Imgsync.Core.Upstream;

/// <param name="SignedBy">The signing key's full fingerprint in upper-case hex, when there is one.</param>
/// <param name="SignedAt">When it was signed, by the signature itself.</param>
public sealed record Provenance(
    ProvenanceKind Kind,
    string? SignedBy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? SignedAt = null)
{
    /// <summary>When the key that signed ends, or the primary key that it hangs on; null for never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? KeyEnds { get; init; }

    public override string ToString() => Kind switch
    {
        ProvenanceKind.Signed => $"signed by {SignedBy}",
        ProvenanceKind.DigestOverHttp => "digest over plain http, not signed",
        ProvenanceKind.Pinned => "digest in the catalogue",
        _ => "digest over HTTPS, not signed",
    };
}

/// <summary>How far a published digest can be traced back to its publisher.</summary>
[JsonConverter(typeof(WordConverter<ProvenanceKind>))]
public enum ProvenanceKind
{
    /// <summary>The digest came over HTTPS from the publisher's server and is not signed.</summary>
    DigestOverHttps,

    /// <summary>The digest came over plain http, which the operator's base URL asked for.</summary>
    DigestOverHttp,

    /// <summary>The file with the digest is signed by a key whose fingerprint is pinned.</summary>
    Signed,

    /// <summary>The catalogue itself has the digest.</summary>
    Pinned,
}
