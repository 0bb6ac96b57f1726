using Imgsync.Core.Catalog;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Checking;

/// <summary>Whether a publisher can be read from here: its checksums and their signature, and the server that hands out the bytes.</summary>
public sealed class UpstreamCheck(DistributionCatalog catalog, ImageResolver resolver, UpstreamClient upstream)
{
    public async Task<IReadOnlyList<CheckResult>> RunAsync(string distribution, CancellationToken cancellationToken)
    {
        var steps = new Checklist("upstream", distribution);
        ResolvedImage? image = null;
        if (await steps.TryAsync("look up", ResolveAsync))
            await steps.TryAsync("download", () => OpenAsync(image!, cancellationToken));
        return steps.Results;

        async Task<string> ResolveAsync()
        {
            image = await resolver.ResolveAsync(catalog.Get(distribution), cancellationToken);
            return $"{image.Revision}, {image.Provenance}";
        }
    }

    /// <summary>A publisher may send us on to a mirror that a firewall does not know; the first byte shows that it comes through.</summary>
    private async Task<string> OpenAsync(ResolvedImage image, CancellationToken cancellationToken)
    {
        await using var body = await upstream.OpenAsync(image.Location, from: 0, ifRange: null, cancellationToken);
        await body.Content.ReadExactlyAsync(new byte[1], cancellationToken);
        return $"{body.TotalLength >> 20} MiB from {body.FinalLocation.Authority}";
    }
}
