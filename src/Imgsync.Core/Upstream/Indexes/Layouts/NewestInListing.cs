using Imgsync.Core.Catalog;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

/// <summary>The newest that the server lists: a directory where the path has the revision in it, else a file.</summary>
internal sealed class NewestInListing(UpstreamClient client) : INewest
{
    public async Task<NewestRevision> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var (directory, template) = Split(spec);
        var location = spec.Locate(directory);
        var listing = await client.FindAsync(location, DirectoryListing.MaxBytes, cancellationToken)
            ?? throw UpstreamFailure.Missing(location);
        var names = DirectoryListing.Names(listing, location);
        var pattern = new RevisionPattern(spec, template);
        return names.Select(pattern.Match).Max() is { } newest
            ? new NewestRevision(newest)
            : throw new UpstreamException(
                $"{location.InMessages()} lists no {template} among {names.Count} names; the publisher may have renamed its images, or the "
                    + "catalogue misspells them.");
    }

    /// <summary>The directory that is listed, and what is looked for in it.</summary>
    private static (string Directory, string Template) Split(DistributionSpec spec)
    {
        var place = spec.Path.IndexOf(Pieces.Revision, StringComparison.Ordinal);
        if (place < 0)
            return (spec.Path, spec.ImageName);
        var begin = spec.Path.LastIndexOf('/', place) + 1;
        return (spec.Path[..begin], spec.Path[begin..spec.Path.IndexOf('/', place)]);
    }
}
