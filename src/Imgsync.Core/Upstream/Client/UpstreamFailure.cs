using System.Net;
using Imgsync.Core.Http;
using Polly.Timeout;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Says what went wrong with a request in words that an operator can act on, and whether trying again may help.</summary>
internal static class UpstreamFailure
{
    public static UpstreamException Missing(Uri url) =>
        new(
            $"GET {url.InMessages()} answered 404 Not Found; the publisher may have moved or removed it, so check the distribution's path "
                + "and image in the catalogue.")
        { IsMissing = true };

    /// <param name="fault">Names the encoding, as the end of a sentence.</param>
    public static UpstreamException Encoded(Uri url, string fault) =>
        new($"GET {url.InMessages()} answered with {fault}; have the server send its files as they are, or name another mirror.");

    public static ImgsyncException From(Uri url, HttpResponseMessage answer)
    {
        // What is encrypted no proxy answers.
        var proxy = url.Scheme is "http" ? ProxyFailures.NameFor(url) : null;
        var server = proxy is null ? "the server" : $"the server, or the proxy {proxy} before it,";
        var said = $"GET {url.InMessages()} answered {answer.StatusCode.InWords()}";
        return answer.StatusCode switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => Missing(url),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new UpstreamException($"{said}; {server} does not let us read it, so check "
                    + (proxy is null ? "the publisher's base URL." : "the proxy's rules and the publisher's base URL."))
                {
                    // An object store says so of what it does not have.
                    IsMissing = answer.StatusCode is HttpStatusCode.Forbidden && proxy is null,
                },
            HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
                new UpstreamUnavailableException($"{said}; {server} is busy or broken, so try again later."),
            _ => new UpstreamException($"{said}, which is no answer to this request; check the publisher's base URL."),
        };
    }

    /// <param name="start">The URL first asked for.</param>
    /// <param name="url">The one that it has led to, or the same.</param>
    /// <param name="place">The tree that was named.</param>
    /// <param name="silence">How long the server was waited for.</param>
    public static ImgsyncException From(Uri start, Uri url, Exception exception, UpstreamPlace place, TimeSpan silence)
    {
        var asked = $"GET {url.InMessages()}{ProxyFailures.Along(url)}";
        return exception switch
        {
            ProxyException { MayPass: true } proxy =>
                new UpstreamUnavailableException($"GET {url.InMessages()} failed because {proxy.Message}.", exception),
            ProxyException proxy => new UpstreamException($"GET {url.InMessages()} failed because {proxy.Message}.", exception),
            TimeoutRejectedException or OperationCanceledException =>
                new UpstreamUnavailableException(
                    $"{asked} was not answered within {silence.InWords()}; try again later or raise upstream.idleTimeout.", exception),
            HttpRequestException when HostNames.IsUnknown(exception) =>
                new UpstreamException(
                    $"{asked} failed because there is no host {url.IdnHost}; " + (url.IdnHost != start.IdnHost
                        ? $"{start.IdnHost} redirects there, so try another mirror, or look at this machine's DNS."
                        : $"correct its name in {place.Setting ?? "the URL"}, or look at this machine's DNS."), exception),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                new UpstreamUnavailableException(
                    $"{asked} failed because this machine's DNS does not say at the moment where {url.IdnHost} is; look at it, or try "
                        + "again later.", exception),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
                new UpstreamUnavailableException(
                    $"{asked} failed because no connection to {url.IdnHost}:{url.Port} can be made ({Reason(exception)}); check that the "
                        + "server is up and no firewall is in between.", exception),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                new UpstreamException(
                    $"{asked} failed because {url.IdnHost} offers no TLS that is trusted ({Reason(exception)}); if it is a mirror with an "
                        + $"authority of its own, name that in {place.CaSetting}.", exception),
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
                new UpstreamException($"{asked} answered with more than such a file can have; check the publisher's base URL.", exception),
            _ => new UpstreamUnavailableException($"{asked} broke off ({Reason(exception)}); try again later.", exception),
        };
    }

    // The innermost exception is the one that knows: the outer ones say "see inner exception".
    private static string Reason(Exception exception) => exception.GetBaseException().Message.TrimEnd('.').Shortened();
}
