using Imgsync.Core.Catalog;

namespace Imgsync.Core.Upstream.Indexes;

/// <summary>One way in which publishers list their images. A new format is a new implementation, a new release is not.</summary>
/// <remarks>Two more places know each format: <see cref="IndexFormats"/> has its name, which the catalogue may then say, and
/// <see cref="ImgsyncServices"/> registers the class.</remarks>
public interface IImageIndex
{
    /// <summary>The value of <see cref="DistributionSpec.Index"/> that chooses this format.</summary>
    string Format { get; }

    /// <summary>Finds the newest image, follows its moving pointer once and pins it to the dated directory.</summary>
    /// <exception cref="UpstreamException">The index is missing, malformed or does not list the image.</exception>
    /// <exception cref="UpstreamUnavailableException">The publisher cannot be reached.</exception>
    /// <exception cref="Content.IntegrityException">Two sources of a digest disagree, or a signature does not hold.</exception>
    Task<ResolvedImage> ResolveAsync(DistributionSpec spec, CancellationToken cancellationToken);
}
