using Imgsync.Core.Catalog;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The newest of the images that the list of digests names: the list is signed, a listing is not.</summary>
internal sealed class NewestInDigests(DigestLists lists) : INewest
{
    public Task<Offer> FindAsync(DistributionSpec spec, CancellationToken cancellationToken) =>
        lists.OfferAsync(spec, spec.Path, parts: null, cancellationToken);
}
