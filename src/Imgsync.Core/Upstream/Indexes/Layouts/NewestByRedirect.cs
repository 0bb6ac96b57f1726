using Imgsync.Core.Catalog;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Upstream.Indexes.Layouts;

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
