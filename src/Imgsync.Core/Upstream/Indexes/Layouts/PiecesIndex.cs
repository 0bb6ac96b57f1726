using Imgsync.Core.Catalog;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>Any publisher whose layout is made of known pieces: where the newest revision is read, which list has the digest, and what
/// proves that list. The catalogue says which (docs/adding-a-distribution.md). The image, its list and the signature are taken from
/// where the revision itself stands, never by a name that moves.</summary>
public sealed class PiecesIndex(UpstreamClient client, PublisherSignatures signatures) : IImageIndex
{
    private readonly DigestLists _lists = new(client, signatures);

    public string Format => IndexFormats.Pieces;

    public async Task<ResolvedImage> ResolveAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var (offer, found) = await FindAsync(spec, cancellationToken);
        var image = await CompleteAsync(spec, found?.Template, found?.Parts ?? PinnedParts(spec), cancellationToken);
        var written = NameTemplate.Fill(spec.RevisionTemplate, image.Parts);
        if (!Revision.TryParse(written, out var revision))
            throw new UpstreamException(
                $"{spec.Key} has \"{written}\" for a revision, which is none; "
                + "correct the templates revision, path and image of its entry.");

        var (digest, provenance, list) = await DigestAsync(spec, offer, found, image, cancellationToken);
        var signed = await ImageSignatureAsync(spec, image, cancellationToken);
        var file = image.File(spec);
        return file.Resolve(spec, revision, digest, signed?.Provenance ?? provenance) with
        {
            Other = list is null ? null : file.Raw(spec, image.RawName(spec), digest, list.Text, list.Location),
            Witness = offer?.Witness,
            UnpackedDigest = found?.Name.UnpackedDigest,
            Signature = signed?.Signature,
        };
    }

    /// <summary>One line for each place.</summary>
    private INewest Way(NewestIn place) => place switch
    {
        NewestIn.Digests => new NewestInDigests(_lists),
        NewestIn.Alias => new NewestByAlias(_lists),
        NewestIn.Listing => new NewestInListing(client),
        NewestIn.Text => new NewestInText(client, signatures),
        NewestIn.Pointer => new NewestInPointer(client, signatures),
        NewestIn.Redirect => new NewestByRedirect(client),
        NewestIn.Json => new NewestInJson(client, signatures),
        NewestIn.Simplestreams => new NewestInSimplestreams(client, signatures),
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "not a known place of the newest revision"),
    };

    /// <summary>Nothing where the revision is fixed.</summary>
    private async Task<(Offer? Offer, Found? Found)> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        if (spec.PinnedRevision is not null)
            return (null, null);
        var offer = await Way(spec.Pieces!.Newest.In).FindAsync(spec, cancellationToken);
        return (offer, offer.Newest(spec));
    }

    private static IReadOnlyDictionary<string, string> PinnedParts(DistributionSpec spec) =>
        new PartPattern(spec, spec.RevisionTemplate, known: null).Match(spec.PinnedRevision!)
        ?? throw new UpstreamException(
            $"{spec.Key} is to stay at \"{spec.PinnedRevision}\", and its revisions look like {spec.RevisionTemplate}; correct the "
                + $"setting overrides.{spec.Key}.revision.");

    /// <summary>Parts that only the image's name has are read in its own directory.</summary>
    /// <param name="template">What the name was found by; null where it may be any of the image's.</param>
    private async Task<CompleteName> CompleteAsync(
        DistributionSpec spec, string? template, IReadOnlyDictionary<string, string> parts, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = [spec.ImageName, .. spec.OtherNames];
        if (template is not null && names.Contains(template, StringComparer.Ordinal))
            return new CompleteName(template, parts);
        if (names is [var only] && NameTemplate.Parts(only).All(parts.ContainsKey))
            return new CompleteName(only, parts);

        var directory = NameTemplate.Fill(spec.Path, parts);
        var offer = spec.Pieces!.Digests is { } list && !list.File.Contains(NameTemplate.Image, StringComparison.Ordinal)
            ? await _lists.OfferAsync(spec, directory, parts, cancellationToken)
            : await new NewestInListing(client).OfferAsync(spec, directory, names, cancellationToken);
        var found = offer.Newest(spec, parts);
        return new CompleteName(found.Template, found.Parts, offer.List);
    }

    /// <returns>No list where the digest stands elsewhere.</returns>
    private async Task<(Digest Digest, Provenance Provenance, DigestList? List)> DigestAsync(
        DistributionSpec spec, Offer? offer, Found? found, CompleteName image, CancellationToken cancellationToken)
    {
        var file = image.File(spec);
        if (spec.PinnedDigest is not null && Digest.TryParse(spec.PinnedDigest, out var pinned))
            return (pinned, new Provenance(ProvenanceKind.Pinned), null);
        if (spec.Pieces!.Digests is null)
            return found?.Name.Digest is { } beside
                ? (beside, offer!.Provenance!, null)
                : throw new UpstreamException(
                    $"{offer?.Location.InMessages() ?? spec.Key} gives {file.FileName} no digest, and without one nothing is "
                        + "downloaded; try again later, or name a list of digests in the catalogue.");

        var list = offer?.List ?? image.List ?? await _lists.ReadAsync(spec, file, image.Parts, cancellationToken);
        return (list.Find(file.FileName), list.Provenance, list);
    }

    private async Task<(Provenance Provenance, ImageSignature Signature)?> ImageSignatureAsync(
        DistributionSpec spec, CompleteName image, CancellationToken cancellationToken) =>
        spec.Pieces!.Signature is { Form: SignatureForm.Image } over
            ? await signatures.ReadImageSignatureAsync(
                PathParts.Beside(spec, image.File(spec), over.File, image.Parts), spec.Publisher, cancellationToken)
            : null;

    /// <param name="Template">Of the image's name.</param>
    /// <param name="Parts">All that its path and its name have.</param>
    /// <param name="List">The list of digests, where some of them were found in it.</param>
    private sealed record CompleteName(string Template, IReadOnlyDictionary<string, string> Parts, DigestList? List = null)
    {
        public PinnedFile File(DistributionSpec spec) => new(NameTemplate.Fill(spec.Path, Parts), NameTemplate.Fill(Template, Parts));

        public string? RawName(DistributionSpec spec) => spec.RawImageName is { } raw ? NameTemplate.Fill(raw, Parts) : null;
    }
}

/// <summary>One way to find the newest revision.</summary>
internal interface INewest
{
    /// <exception cref="UpstreamException">There is none, or what there is cannot be read.</exception>
    /// <exception cref="UpstreamUnavailableException">The publisher cannot be reached.</exception>
    Task<Offer> FindAsync(DistributionSpec spec, CancellationToken cancellationToken);
}
