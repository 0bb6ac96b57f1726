using Imgsync.Core.Catalog;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The newest that the server lists: a directory where the path has a part of the revision in it, else a file.</summary>
internal sealed class NewestInListing(UpstreamClient client) : INewest
{
    public Task<Offer> FindAsync(DistributionSpec spec, CancellationToken cancellationToken) => PathParts.Step(spec) is var (parent, step)
        ? OfferAsync(spec, parent, [step], cancellationToken)
        : OfferAsync(spec, spec.Path, [spec.ImageName, .. spec.OtherNames], cancellationToken);

    public async Task<Offer> OfferAsync(
        DistributionSpec spec, string directory, IReadOnlyList<string> templates, CancellationToken cancellationToken)
    {
        var location = spec.Locate(directory);
        var listing = await client.FindAsync(location, DirectoryListing.MaxBytes, cancellationToken)
            ?? throw UpstreamFailure.Missing(location);
        return new Offer(location, OfferedName.All(DirectoryListing.Names(listing, location)), templates);
    }
}
