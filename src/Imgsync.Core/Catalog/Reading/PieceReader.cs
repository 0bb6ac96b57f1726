using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>Reads the pieces of one publisher.</summary>
internal sealed class PieceReader(EntryCheck check)
{
    /// <summary>Null where the publisher is not made of pieces.</summary>
    public Pieces? Read(PublisherEntry entry, SignaturePolicy policy)
    {
        if (!string.Equals(entry.Index, IndexFormats.Pieces, StringComparison.OrdinalIgnoreCase))
        {
            Refuse("newest", entry.Newest);
            Refuse("digests", entry.Digests);
            Refuse("signatureFile", entry.SignatureFile);
            return null;
        }

        if (policy is not SignaturePolicy.None && entry.SignatureFile is null)
            check.Fault("signatureFile", "is missing; a publisher whose signature counts needs to say where it is.");
        return new Pieces(Newest(entry.Newest), Digests(entry.Digests), entry.SignatureFile is { } signature ? Signature(signature) : null);
    }

    private void Refuse(string field, object? piece)
    {
        if (piece is not null)
            check.Fault(field, $"belongs to the index {IndexFormats.Pieces}, and this publisher has another.");
    }

    private NewestPiece Newest(NewestEntry? entry)
    {
        var at = check.In("newest");
        at.OnlyKnown(entry?.Unknown, EntryFields<NewestEntry>.Names);
        var place = at.OneOf("in", entry?.In, Words<NewestIn>(), NewestIn.Digests);
        if (place is not NewestIn.Text)
        {
            if (entry?.File is not null || entry?.Key is not null)
                at.Fault("file", "and key belong to \"in\": \"Text\".");
            return new NewestPiece(place);
        }

        var file = at.Required("file", entry?.File);
        if (file.Length > 0 && !NamePatterns.Path().IsMatch(Pieces.Filled(file, Pieces.Image, Pieces.Revision, Pieces.Architecture)))
            at.Fault("file", $"is \"{file}\"; it must be a relative path without \"..\".");
        return new NewestPiece(place, file, entry?.Key);
    }

    private DigestsPiece Digests(DigestsEntry? entry)
    {
        var at = check.In("digests");
        at.OnlyKnown(entry?.Unknown, EntryFields<DigestsEntry>.Names);
        return new DigestsPiece(
            FileName(at, entry?.File), at.OneOf("algorithm", entry?.Algorithm, Words<DigestAlgorithm>(), DigestAlgorithm.Sha256));
    }

    private SignaturePiece Signature(SignatureEntry entry)
    {
        var at = check.In("signatureFile");
        at.OnlyKnown(entry.Unknown, EntryFields<SignatureEntry>.Names);
        return new SignaturePiece(FileName(at, entry.File), at.OneOf("form", entry.Form, Words<SignatureForm>(), SignatureForm.Detached));
    }

    private static string FileName(EntryCheck at, string? value)
    {
        var file = at.Required("file", value);
        if (file.Length > 0 && !NamePatterns.FileName().IsMatch(Pieces.Filled(file, Pieces.Image, Pieces.Revision, Pieces.Architecture)))
            at.Fault("file", $"is \"{file}\"; it must be {DistributionReader.ImageShape}.");
        return file;
    }

    private static Dictionary<string, T> Words<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().ToDictionary(word => word.ToString(), StringComparer.OrdinalIgnoreCase);
}

/// <summary>Where the newest revision is read, as it stands in a catalogue file.</summary>
internal sealed record NewestEntry
{
    [Description("Where the newest revision is read: in the names of the digest list, in the server's listing, or in a text file.")]
    public string? In { get; set; }

    [Description("The text file below the publisher's URL; {arch} stands for the architecture.")]
    public string? File { get; set; }

    [Description("What stands before the equals sign in the text file; nothing where the file has only the revision.")]
    public string? Key { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>The list of digests, as it stands in a catalogue file.</summary>
internal sealed record DigestsEntry
{
    [Description("The list's name in the image's directory; {image} stands for the image's name, {arch} for the architecture.")]
    public string? File { get; set; }

    [Description("Which of its digests counts.")]
    public string? Algorithm { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>The list's signature, as it stands in a catalogue file.</summary>
internal sealed record SignatureEntry
{
    [Description("Its name in the image's directory; {image} and {arch} as in the list's name.")]
    public string? File { get; set; }

    [Description("Whether it lies beside the list or around it.")]
    public string? Form { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
