using System.Text.Json.Serialization;
using Imgsync.Core.Content;

namespace Imgsync.Core.Upstream;

/// <summary>What upstream offers now for one distribution, pinned to a directory that does not move.</summary>
public sealed record ResolvedImage
{
    /// <summary>The catalogue's key, such as <c>debian12</c>.</summary>
    public required string Distribution { get; init; }

    /// <summary>Where the bytes are fetched from: the publisher, or the mirror that stands in for it.</summary>
    public required Uri Location { get; init; }

    /// <summary>Other places of the same file, to be tried before <see cref="Location"/>, in this order.</summary>
    public IReadOnlyList<Uri> Mirrors { get; init => field = value ?? []; } = []; // generated code passes null where a memory has none

    /// <summary>The publisher's own URL of the same file, recorded as the image's source whatever mirror served it.</summary>
    public required Uri OfficialLocation { get; init; }

    /// <summary>Glance's <c>disk_format</c>, which the content must prove to be.</summary>
    public required string DiskFormat { get; init; }

    /// <summary>What the disk image is packed in.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Packing Packing { get; init; }

    /// <summary>The digest that the publisher publishes for what is in the packed file; null where it publishes none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Digest? UnpackedDigest { get; init; }

    /// <summary>The <c>disk_format</c> that it is converted to on its way into the cloud that this is about; null where it is sent as it is
    /// published. Decided anew for each cloud, so that it is not remembered.</summary>
    [JsonIgnore]
    public string? ConvertTo { get; init; }

    /// <summary>Whether that cloud's import converts it, where it can be imported as it is published.</summary>
    [JsonIgnore]
    public bool MayBeConvertedByGlance { get; init; }

    /// <summary>Glance's <c>disk_format</c> of what the cloud is to have.</summary>
    [JsonIgnore]
    public string SentFormat => ConvertTo ?? DiskFormat;

    /// <summary>Whether what the cloud is to have is the published file, byte for byte.</summary>
    [JsonIgnore]
    public bool IsSentAsItIs => Packing is Packing.None && ConvertTo is null;

    /// <summary>The publisher's own count: <c>20240717-1811</c> (Debian), <c>20240605.1</c> (Ubuntu), <c>4593.2.5</c> (Flatcar).</summary>
    public required string Revision { get; init; }

    /// <summary>The day in the revision, UTC, or the day its list was signed; null where neither is known.</summary>
    public required DateOnly? BuildDate { get; init; }

    /// <summary>The digest the publisher publishes for the file.</summary>
    public required Digest Digest { get; init; }

    public required Provenance Provenance { get; init; }

    /// <summary>The same disk of the same revision as another file of the publisher's, whose digest the same list proves; null for none.
    /// Clouds choose between the two.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OtherFile? Other { get; init; }

    /// <summary>The signature over the file itself, to be proven while it passes by; null where what has its digest is signed, or nothing
    /// is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageSignature? Signature { get; init; }

    /// <summary>What to ask after to learn whether any of this has changed; null where upstream offers no such thing.</summary>
    public Witness? Witness { get; init; }

    /// <summary>The published digests, this file's first: whatever has one of them is this image.</summary>
    [JsonIgnore]
    public IEnumerable<Digest> Digests => Other is null ? [Digest] : [Digest, Other.Digest];

    /// <summary>The offer with its files exchanged: all that follows works on <see cref="Other"/>, and knows this one as the other.
    /// </summary>
    public ResolvedImage WithOther() => Other is not { } other ? this : this with
    {
        Location = other.Location,
        Mirrors = other.Mirrors,
        OfficialLocation = other.OfficialLocation,
        DiskFormat = other.DiskFormat,
        Packing = other.Packing,
        Digest = other.Digest,
        UnpackedDigest = other.UnpackedDigest,
        Other = new OtherFile(Location, Mirrors, OfficialLocation, DiskFormat, Packing, Digest) { UnpackedDigest = UnpackedDigest },
    };
}

/// <summary>A second file with the disk of a <see cref="ResolvedImage"/>, whose members of the same names say what they are. Its revision
/// and what vouches for it are those of the first.</summary>
public sealed record OtherFile(
    Uri Location, IReadOnlyList<Uri> Mirrors, Uri OfficialLocation, string DiskFormat, Packing Packing, Digest Digest)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Digest? UnpackedDigest { get; init; }

    /// <summary>A location without the word that tells a raw file from the qcow2 file beside it: the place of both.</summary>
    public static string PlaceOf(string location) =>
        location.Replace(".qcow2", "", StringComparison.Ordinal).Replace(".raw", "", StringComparison.Ordinal);
}

/// <param name="Bytes">As published, armoured or binary.</param>
/// <param name="SignedBy">Full fingerprints; one of their keys must have signed.</param>
/// <param name="Place">Its URL, for messages.</param>
public sealed record ImageSignature(byte[] Bytes, IReadOnlyList<string> SignedBy, string Place);
