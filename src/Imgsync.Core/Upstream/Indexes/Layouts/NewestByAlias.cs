using Imgsync.Core.Catalog;
using Imgsync.Core.Content;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The image that the list of digests also names by an alias that never changes: what the publisher itself calls the
/// newest.</summary>
internal sealed class NewestByAlias(DigestLists lists) : INewest
{
    public async Task<Offer> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var offer = await lists.OfferAsync(spec, spec.Path, parts: null, cancellationToken);
        var newest = offer.List!.Find(spec.Publisher.Fill(spec.Pieces!.Newest.Alias!, spec.Architecture));
        return offer with { Names = [.. offer.Names.Where(name => IsNewest(offer.List, name.Text, newest))] };
    }

    private static bool IsNewest(DigestList list, string name, Digest newest) =>
        ChecksumFile.TryFind(list.Text, name, list.Algorithm, list.Location) == newest;
}
