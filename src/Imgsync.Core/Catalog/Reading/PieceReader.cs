using Imgsync.Core.Configuration;
using Imgsync.Core.Content;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>Reads the pieces of one publisher, or of one distribution that has some of its own.</summary>
internal sealed class PieceReader(EntryCheck check)
{
    public const string FileShape = "a relative path without \"..\", or an http or https URL";

    /// <summary>What only some places have a use for.</summary>
    private static readonly Dictionary<string, NewestIn[]> Uses = new(StringComparer.Ordinal)
    {
        ["file"] = [NewestIn.Text, NewestIn.Pointer, NewestIn.Redirect, NewestIn.Json, NewestIn.Simplestreams],
        ["key"] = [NewestIn.Text],
        ["each"] = [NewestIn.Json],
        ["name"] = [NewestIn.Json],
        ["digest"] = [NewestIn.Json],
        ["unpackedDigest"] = [NewestIn.Json],
        ["alias"] = [NewestIn.Alias],
        ["product"] = [NewestIn.Simplestreams],
        ["item"] = [NewestIn.Simplestreams],
        ["clearSigned"] = [NewestIn.Text, NewestIn.Pointer, NewestIn.Json, NewestIn.Simplestreams],
    };

    private static readonly string[] Optional = ["key", "each", "digest", "unpackedDigest", "clearSigned"];

    /// <summary>Null where the publisher is not made of pieces.</summary>
    public Pieces? Read(string? index, NewestEntry? newest, DigestsEntry? digests, SignatureEntry? signature, SignaturePolicy policy)
    {
        if (!string.Equals(index, IndexFormats.Pieces, StringComparison.OrdinalIgnoreCase))
        {
            Refuse("newest", newest);
            Refuse("digests", digests);
            Refuse("signatureFile", signature);
            return null;
        }

        var place = Newest(newest);
        if (policy is not SignaturePolicy.None && signature is null && !place.ClearSigned)
            check.Fault("signatureFile", "is missing; a publisher whose signature counts needs to say where it is.");
        var bringsDigests = place.In is NewestIn.Simplestreams || place.Digest is not null;
        return new Pieces(
            place, digests is null && bringsDigests ? null : Digests(digests, place), signature is null ? null : Signature(signature));
    }

    /// <summary>A publisher may leave to each distribution what differs between them.</summary>
    public void RequireWhole(NewestPiece newest)
    {
        var given = Given(newest);
        foreach (var (field, places) in Uses)
        {
            if (given[field] is null && places.Contains(newest.In) && !Optional.Contains(field))
                check.In("newest").Fault(field, "is missing; the entry or its publisher needs it.");
        }
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
        var place = at.OneOf("in", entry?.In, Words<NewestIn>(NewestIn.Entry), NewestIn.Digests);
        var piece = new NewestPiece(
            place, entry?.File, entry?.Key, entry?.Each, entry?.Name, entry?.Digest, entry?.UnpackedDigest,
            entry?.Alias, entry?.Product, entry?.Item,
            entry?.ClearSigned ?? false);
        var given = Given(piece);
        foreach (var (field, places) in Uses)
        {
            if (given[field] is not null && !places.Contains(place))
                at.Fault(field, $"belongs to \"in\": \"{string.Join("\" or \"", places)}\", and this is \"{place}\".");
        }

        CheckFile(at, entry?.File);
        foreach (var field in new[] { "each", "name", "digest", "unpackedDigest" })
        {
            if (given[field] is string { Length: > 0 } pointer && !pointer.StartsWith('/'))
                at.Fault(field, $"is \"{pointer}\"; a JSON pointer begins with a slash.");
        }

        return piece;
    }

    private static Dictionary<string, object?> Given(NewestPiece piece) => new(StringComparer.Ordinal)
    {
        ["file"] = piece.File,
        ["key"] = piece.Key,
        ["each"] = piece.Each,
        ["name"] = piece.Name,
        ["digest"] = piece.Digest,
        ["unpackedDigest"] = piece.UnpackedDigest,
        ["alias"] = piece.Alias,
        ["product"] = piece.Product,
        ["item"] = piece.Item,
        ["clearSigned"] = piece.ClearSigned ? true : null,
    };

    private static void CheckFile(EntryCheck at, string? file)
    {
        var example = NameTemplate.Example(file ?? "");
        var isUrl = example.Contains("://", StringComparison.Ordinal);
        if (example.Length > 0 && !(isUrl ? IsUrl(example) : NamePatterns.Path().IsMatch(example)))
            at.Fault("file", $"is \"{file}\"; it must be {FileShape}.");
    }

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0;

    private DigestsPiece Digests(DigestsEntry? entry, NewestPiece newest)
    {
        var at = check.In("digests");
        at.OnlyKnown(entry?.Unknown, EntryFields<DigestsEntry>.Names);
        var file = FileName(at, entry?.File);
        if (newest.In is NewestIn.Digests or NewestIn.Alias
            && (file.Contains(NameTemplate.Image, StringComparison.Ordinal) || NameTemplate.Parts(file) is not []))
            at.Fault("file", $"is \"{file}\", which cannot be read before the newest revision is known, and \"in\": \"{newest.In}\" "
                + "looks for that in it.");
        return new DigestsPiece(
            file, at.OneOf("algorithm", entry?.Algorithm, Words<DigestAlgorithm>(), DigestAlgorithm.Sha256));
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
        CheckFile(at, file);
        return file;
    }

    private static Dictionary<string, T> Words<T>(params T[] hidden)
        where T : struct, Enum =>
        Enum.GetValues<T>().Except(hidden).ToDictionary(word => word.ToString(), StringComparer.OrdinalIgnoreCase);
}
