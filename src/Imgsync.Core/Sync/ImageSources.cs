using Imgsync.Core.Content;
using Imgsync.Core.Upstream;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Sync;

/// <summary>
/// The places an image's bytes can be had from: the operator's mirrors in their order, then the publisher. A mirror that fails,
/// or serves something else than the publisher's digest says, is passed over.
/// </summary>
internal sealed partial class ImageSources(ILogger logger)
{
    /// <param name="fetch">Fetches from <see cref="ResolvedImage.Location"/>. What it throws at the last place is thrown.</param>
    public async Task<T> TryAsync<T>(ResolvedImage image, Func<ResolvedImage, Task<T>> fetch)
    {
        foreach (var mirror in image.Mirrors)
        {
            try
            {
                return await fetch(image with { Location = mirror });
            }
            catch (Exception failure) when (IsTheMirrors(failure))
            {
                LogPassedOver(image.Distribution, mirror.IdnHost, failure.Message);
            }
        }

        return await fetch(image);
    }

    private static bool IsTheMirrors(Exception failure) => failure
        is UpstreamException or UpstreamUnavailableException or ContentTooShortException or ContentTooLongException or WrongDigestException;

    [LoggerMessage(LogLevel.Warning, "{Distribution}: the mirror {Host} is passed over, and the next place is tried: {Reason}")]
    private partial void LogPassedOver(string distribution, string host, string reason);
}
