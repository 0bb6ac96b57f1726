using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Upstream;

/// <summary>Finds out what upstream offers now for a distribution, in whichever format its publisher lists images.</summary>
public sealed partial class ImageResolver(IEnumerable<IImageIndex> indexes, ILogger<ImageResolver> logger)
{
    private readonly Dictionary<string, IImageIndex> _byFormat = indexes.ToDictionary(index => index.Format, StringComparer.Ordinal);

    /// <exception cref="ConfigurationException">No index reads this format.</exception>
    public async Task<ResolvedImage> ResolveAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        if (!_byFormat.TryGetValue(spec.Index, out var index))
            throw new ConfigurationException($"The publisher of {spec.Key} has the index format {spec.Index}; it must be one of {string.Join(", ", _byFormat.Keys)}.");

        var image = await index.ResolveAsync(spec, cancellationToken);
        LogResolved(logger, image.Distribution, image.Revision, image.Provenance);
        return image;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Distribution}: upstream offers {Revision}, {Provenance}")]
    private static partial void LogResolved(ILogger logger, string distribution, string revision, Provenance provenance);
}
