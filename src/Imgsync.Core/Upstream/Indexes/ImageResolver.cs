using Imgsync.Core.Catalog;
using Imgsync.Core.Configuration;
using Imgsync.Core.Signatures;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>Finds out what upstream offers now for a distribution, in whichever format its publisher lists images.</summary>
public sealed partial class ImageResolver(IEnumerable<IImageIndex> indexes, ILogger<ImageResolver> logger)
{
    private readonly Dictionary<string, IImageIndex> _byFormat = indexes.ToDictionary(index => index.Format, StringComparer.Ordinal);

    /// <exception cref="ConfigurationException">No index reads this format.</exception>
    /// <exception cref="SignatureException">A signature is required, and none vouches for the image.</exception>
    public async Task<ResolvedImage> ResolveAsync(DistributionSpec spec, CancellationToken cancellationToken)
    {
        if (!_byFormat.TryGetValue(spec.Index, out var index))
            throw new ConfigurationException(
                $"The publisher of {spec.Key} has the index format {spec.Index}; it must be one of {string.Join(", ", _byFormat.Keys)}.");

        var image = await index.ResolveAsync(spec, cancellationToken);

        // The index has looked already. What the operator demands must not hang on every index format's remembering it.
        if (spec.Publisher.Signature is SignaturePolicy.Required && image.Provenance.Kind is not ProvenanceKind.Signed)
            throw new SignatureException(
                $"Nothing signed vouches for {image.Location.InMessages()}, and the signature policy of {spec.Key} is required; choose "
                    + "another policy if the publisher does not sign.");

        LogResolved(logger, image.Distribution, image.Revision, image.Provenance);
        return image;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Distribution}: upstream offers {Revision}, {Provenance}")]
    private static partial void LogResolved(ILogger logger, string distribution, string revision, Provenance provenance);
}
