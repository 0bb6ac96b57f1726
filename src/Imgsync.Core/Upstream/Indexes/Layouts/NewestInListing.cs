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

/// <summary>The newest by where a URL that moves leads to: <c>latest/</c> to <c>2023.12.20260930.0/</c>.</summary>
internal sealed class NewestByRedirect(UpstreamClient client) : INewest
{
    public async Task<Offer> FindAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        var location = PathParts.Locate(spec, spec.Pieces!.Newest.File!);
        var answered = await client.LocateAsync(location, cancellationToken);
        var steps = answered.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString);
        return new Offer(location, OfferedName.All(steps), [PathParts.Step(spec)?.Step ?? spec.ImageName]);
    }
}

/// <summary>Where in the publisher's tree things stand.</summary>
internal static class PathParts
{
    /// <summary>The directory on the way to the image whose name has a part of the revision, and what it is in; null for none.</summary>
    public static (string Parent, string Step)? Step(DistributionSpec spec)
    {
        if (NameTemplate.Parts(spec.Path) is not [var first, ..])
            return null;
        var place = spec.Path.IndexOf($"{{{first}}}", StringComparison.Ordinal);
        var begin = spec.Path.LastIndexOf('/', place) + 1;
        return (spec.Path[..begin], spec.Path[begin..spec.Path.IndexOf('/', place)]);
    }

    /// <summary>A file below the tree, or a URL of its own.</summary>
    public static Uri Locate(DistributionSpec spec, string file)
    {
        var filled = spec.Publisher.FillPath(file, spec.Architecture);
        return filled.Contains("://", StringComparison.Ordinal) ? new Uri(filled) : spec.Locate(filled);
    }

    /// <summary>What the names of images in a document look like, or the revision alone, and how many steps of a path or URL that
    /// is at most.</summary>
    public static (IReadOnlyList<string> Templates, int Steps) Names(DistributionSpec spec)
    {
        IReadOnlyList<string> names = [spec.ImageName, .. spec.OtherNames];
        var inName = NameTemplate.Parts(spec.ImageName);
        return NameTemplate.Parts(spec.Path).All(part => inName.Contains(part, StringComparer.Ordinal))
            ? (names, 1)
            : ([.. names.Select(name => spec.Path + name), Step(spec)!.Value.Step], spec.Path.Count(letter => letter == '/') + 1);
    }

    /// <summary>The last steps of a path or URL.</summary>
    public static string Tail(string path, int steps) => string.Join('/', path.Split('/').TakeLast(steps));
}
