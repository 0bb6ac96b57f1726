using System.Net;

namespace Imgsync.Core.Http;

/// <summary>Tells what a proxy refuses, or that it is not there, apart from what the server behind it says.</summary>
internal sealed class ProxyFailures : DelegatingHandler
{
    /// <summary>The proxy that requests to <paramref name="url"/> go by, without user and password; null for none.</summary>
    /// <exception cref="ConfigurationException">It is named in a way that is not understood.</exception>
    public static string? NameFor(Uri url) =>
        HttpClient.DefaultProxy.GetProxy(url) is { } proxy && !HttpClient.DefaultProxy.IsBypassed(url)
            ? proxy.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)
            : null;

    /// <summary>For a message that names <paramref name="url"/>: the proxy on the way to it, if there is one.</summary>
    public static string Along(Uri url) => NameFor(url) is { } proxy ? $" by way of the proxy {proxy}" : "";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (NameFor(request.RequestUri!) is not { } proxy)
            return await base.SendAsync(request, cancellationToken);

        var target = request.RequestUri!.Authority;
        HttpResponseMessage answer;
        try
        {
            answer = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException refused) when (refused.HttpRequestError is HttpRequestError.ProxyTunnelError)
        {
            throw Refusal(proxy, target, refused.StatusCode, refused);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            // Connections are made to nobody else.
            var reason = e.GetBaseException().Message.TrimEnd('.').Shortened();
            throw new ProxyException(
                $"the proxy {proxy} cannot be reached ({reason}), so {target} was not asked; check that it is up, and its name and port "
                    + "in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY",
                e.HttpRequestError, mayPass: !HostNames.IsUnknown(e), e);
        }

        if (answer.StatusCode is not HttpStatusCode.ProxyAuthenticationRequired)
            return answer;
        answer.Dispose();
        throw Refusal(proxy, target, answer.StatusCode, inner: null);
    }

    private static ProxyException Refusal(string proxy, string target, HttpStatusCode? status, Exception? inner) => new(
        $"the proxy {proxy} refused{(status is { } code ? $" with {code.InWords()}" : "")}, and {target} was not reached; "
        + status switch
        {
            HttpStatusCode.ProxyAuthenticationRequired =>
                "check the user name and password for it in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY",
            >= HttpStatusCode.InternalServerError => "it may not be able to reach it, so see its log",
            _ => $"have its rules allow {target}, or name that in NO_PROXY if there is a way without the proxy",
        },
        HttpRequestError.ProxyTunnelError,
        mayPass: status is null or >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests,
        inner);
}

/// <summary>A request that did not get past the proxy. Its message is the second half of a sentence, without user and password.</summary>
internal sealed class ProxyException(string message, HttpRequestError error, bool mayPass, Exception? inner)
    : HttpRequestException(error, message, inner)
{
    /// <summary>Whether a later attempt may succeed.</summary>
    public bool MayPass => mayPass;
}
