using Imgsync.Core.Catalog;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Client;
using Imgsync.Core.Upstream.Indexes;

namespace Imgsync.Core.Checking;

/// <summary>Whether a publisher can be read from here: its checksums and their signature,
/// and every server that hands out the bytes.</summary>
public sealed class UpstreamCheck(DistributionCatalog catalog, ImageResolver resolver, UpstreamClient upstream)
{
    public async Task<IReadOnlyList<CheckResult>> RunAsync(string distribution, CancellationToken cancellationToken)
    {
        var steps = new Checklist("upstream", distribution);
        ResolvedImage? image = null;
        if (!await steps.TryAsync("look up", ResolveAsync))
            return steps.Results;

        foreach (var mirror in image!.Mirrors)
            await steps.TryAsync($"download from mirror {mirror.Authority}", () => OpenAsync(mirror, cancellationToken));
        await steps.TryAsync("download", () => OpenAsync(image.Location, cancellationToken));
        return steps.Results;

        async Task<string> ResolveAsync()
        {
            var spec = catalog.Get(distribution);
            image = await resolver.ResolveAsync(spec, cancellationToken);
            var raw = image.Other is not null ? "; a raw file, too" : spec.RawImageName is not null ? "; no raw file" : "";
            return $"{image.Revision}, {image.Provenance}{raw}";
        }
    }

    /// <summary>A publisher may send us on to a mirror that a firewall does not know; the first byte shows that it comes through.</summary>
    private async Task<string> OpenAsync(Uri location, CancellationToken cancellationToken)
    {
        await using var body = await upstream.OpenAsync(location, from: 0, ifRange: null, cancellationToken);
        await body.Content.ReadExactlyAsync(new byte[1], cancellationToken);
        return $"{body.TotalLength >> 20} MiB from {body.FinalLocation.Authority}";
    }
}
