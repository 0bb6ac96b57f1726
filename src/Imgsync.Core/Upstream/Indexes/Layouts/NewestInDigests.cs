using Imgsync.Core.Catalog;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The newest of the images that the list of digests names: the list is signed, a listing is not.</summary>
internal sealed class NewestInDigests(DigestLists lists) : INewest
{
    public async Task<NewestRevision> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var list = await lists.ReadAsync(spec, new PinnedFile(spec.Path, spec.ImageName), cancellationToken);
        var names = new RevisionPattern(spec, spec.ImageName);
        var newest = list.Names().Select(names.Match).Max()
            ?? throw new UpstreamException(
                $"{list.Location.InMessages()} names no {spec.ImageName} among {list.Names().Count} files; the publisher may have renamed "
                    + "its images, or the catalogue misspells them.");
        return new NewestRevision(newest, list.Version is { } version ? new Witness(list.Location, version) : null, list);
    }
}
