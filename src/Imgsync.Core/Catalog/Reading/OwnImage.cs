using Imgsync.Core.Configuration;
using Imgsync.Core.Content;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>An image at a place of its own that stays what it is, with its digest in the entry: a golden image.</summary>
internal sealed class OwnImage(string key, EntryCheck check)
{
    /// <param name="description">What is said about the image.</param>
    public DistributionSpec Read(DistributionEntry entry, DistributionSpec description)
    {
        foreach (var (field, value) in new (string, object?)[]
        {
            ("publisher", entry.Publisher), ("path", entry.Path), ("image", entry.Image), ("rawImage", entry.RawImage),
            ("otherNames", entry.OtherNames), ("parts", entry.Parts), ("behind", entry.Behind), ("newest", entry.Newest),
            ("digests", entry.Digests), ("signatureFile", entry.SignatureFile),
        })
        {
            if (value is not null)
                check.Fault(field, "has no use beside url, which says where the image is.");
        }

        if (entry.Architectures is { Count: > 1 })
            check.Fault("architectures", "has several, and url is one image; write an entry for each.");
        var revision = check.Required("revision", entry.Revision);
        if (revision.Length > 0 && !NamePatterns.Revision().IsMatch(revision))
            check.Fault("revision", $"is \"{revision}\"; with url it must be the revision itself, letters, digits, dots, hyphens and "
                + "underscores with a digit among them.");
        var digest = check.Required("digest", entry.Digest);
        if (digest.Length > 0 && !Digest.TryParse(digest, out _))
            check.Fault("digest", $"is \"{digest}\"; it must be sha256: or sha512: and the digest in hexadecimal.");
        var (tree, name) = Split(entry.Url!);
        return description with
        {
            Publisher = new Publisher
            {
                Name = key,
                OfficialUrl = tree,
                BaseUrl = tree,
                Index = IndexFormats.Pieces,
                Pieces = new Pieces(new NewestPiece(NewestIn.Entry), Digests: null, Signature: null),
            },
            Pieces = new Pieces(new NewestPiece(NewestIn.Entry), Digests: null, Signature: null),
            ImageName = name,
            PinnedRevision = revision,
            PinnedDigest = digest,
            Parts = new Dictionary<string, string>(StringComparer.Ordinal) { ["revision"] = "[A-Za-z0-9._-]+" },
            Family = entry.Family ?? "own",
            Visibility = description.Visibility ?? ImageVisibility.Private,
        };
    }

    private (Uri Tree, string Name) Split(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "file"
            && url is { UserInfo: "", Query: "", Fragment: "" } && NamePatterns.FileName().IsMatch(url.Segments[^1]))
            return (new Uri(url, "."), url.Segments[^1]);
        check.Fault("url", $"is \"{text}\"; it must be an http, https or file URL that ends in a plain file name.");
        return (CatalogReader.Nobody.BaseUrl, "image");
    }
}
