using Imgsync.Core.Configuration;

namespace Imgsync.Core.Glance.Api;

/// <summary>Waits until what was uploaded is an active image, which an upload's answer alone does not say: some clouds give it before
/// they have stored the content, and a proxy may give up on a Glance that has it.</summary>
internal sealed class ImageActivation(CloudOptions cloud, TimeProvider time)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    // A Glance that has not begun to save by then has not got the body, or has given it up.
    private static readonly TimeSpan LostBody = TimeSpan.FromSeconds(30);

    /// <param name="what">What is attempted, for an error message.</param>
    /// <param name="showAsync">Asks for the image.</param>
    /// <param name="lost">What came instead of an answer to the upload; null for a good one.</param>
    public async Task<GlanceImage> WaitAsync(
        string what, Func<Task<GlanceImage?>> showAsync, string? lost, CancellationToken cancellationToken)
    {
        var (attempted, began) = ($"Cannot {what} on cloud '{cloud.Name}'", time.GetTimestamp());
        for (var wait = FirstWait; ; wait = Shorter(wait * 2, LongestWait))
        {
            var (image, trouble) = await LookAsync(showAsync, lost is not null);
            if (image is { Status: "active" or "deactivated" })
                return image;
            if (image is { Status: "killed" or "deleted" or "pending_delete" } || (image is null && trouble is null))
                throw new CloudRefusedException(
                    $"{attempted}: it was {image?.Status ?? "gone"} afterwards; somebody deleted it, or Glance's store refused it, "
                        + "which Glance's log tells.");

            if (image is { Status: "queued" or "uploading", ImportingToStores: [], FailedStores: [_, ..] failed })
                throw new CloudRefusedException(
                    $"{attempted}: Glance took it, and could not put it into {string.Join(", ", failed).OnOneLine()} "
                        + "(os_glance_failed_import); that store may be full or out of order, which Glance's log tells.");

            var bound = cloud.ActivationTimeout;
            if (lost is not null && image is { Status: "queued" })
                bound = Shorter(bound, LostBody);
            var waited = time.GetElapsedTime(began);
            if (waited >= bound)
                throw GaveUp(attempted, lost, image is null ? "Glance could not be asked" : $"the image was still {image.Status}", bound);
            await Task.Delay(Shorter(wait, bound - waited), time, cancellationToken);
        }
    }

    /// <summary>The image, or why Glance could not be asked: what broke the upload may last a little longer.</summary>
    private static async Task<(GlanceImage? Image, CloudUnavailableException? Trouble)> LookAsync(
        Func<Task<GlanceImage?>> showAsync, bool isLost)
    {
        try
        {
            return (await showAsync(), null);
        }
        catch (CloudUnavailableException trouble) when (isLost)
        {
            return (null, trouble);
        }
    }

    private static ImgsyncException GaveUp(string attempted, string? lost, string found, TimeSpan bound) => lost is null
        ? new CloudRefusedException(
            $"{attempted}: Glance took it, and {bound.InWords()} later {found}; raise clouds[].activationTimeout if this cloud "
                + "takes longer, or see Glance's log for why it does not end.")
        : new CloudUnavailableException(
            $"{attempted}: {lost}, and {found} {bound.InWords()} later; if a proxy or balancer before Glance gives up too early, "
                + "raise its time-out (HAProxy: timeout server, nginx: proxy_read_timeout).");

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
