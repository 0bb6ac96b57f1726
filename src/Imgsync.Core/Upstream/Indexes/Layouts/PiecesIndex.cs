using Imgsync.Core.Catalog;
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
        var newest = await Way(spec.Publisher.Pieces!.Newest.In).FindAsync(spec, cancellationToken);
        var image = RevisionPattern.Fill(spec, newest.Revision);
        var list = newest.List ?? await _lists.ReadAsync(spec, image, cancellationToken);
        return image.Resolve(spec, newest.Revision, list.Find(image.FileName), list.Provenance) with { Witness = newest.Witness };
    }

    /// <summary>One line for each.</summary>
    private INewest Way(NewestIn place) => place switch
    {
        NewestIn.Digests => new NewestInDigests(_lists),
        NewestIn.Listing => new NewestInListing(client),
        NewestIn.Text => new NewestInText(client),
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "not a known place of the newest revision"),
    };
}

/// <summary>One way to find the newest revision.</summary>
internal interface INewest
{
    /// <exception cref="UpstreamException">There is none, or what there is cannot be read.</exception>
    /// <exception cref="UpstreamUnavailableException">The publisher cannot be reached.</exception>
    Task<NewestRevision> FindAsync(DistributionSpec spec, CancellationToken cancellationToken);
}

/// <param name="Witness">What changes when there is a newer one; null where the server does not say.</param>
/// <param name="List">The list of digests, where the revision was found in it.</param>
internal sealed record NewestRevision(Revision Revision, Witness? Witness = null, DigestList? List = null);
