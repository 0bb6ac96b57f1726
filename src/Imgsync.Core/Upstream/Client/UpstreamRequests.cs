using System.Net;
using Imgsync.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Asks for one thing and follows redirects, by the rules, to whoever answers in the end.</summary>
internal sealed class UpstreamRequests(
    UpstreamOptions options, UpstreamPlaces places, TimeProvider time, ILogger logger, Func<IPAddress, IPAddress> judgedAs) : IDisposable
{
    private readonly UpstreamConnections _connections = new(options, places, time, logger, judgedAs);

    /// <param name="shape">Makes the request what it is; called for each one on the way.</param>
    public Task<HttpResponseMessage> FollowAsync(Uri start, Action<HttpRequestMessage> shape, CancellationToken cancellationToken) =>
        FollowAsync(start, start, shape, cancellationToken);

    /// <param name="start">The URL first asked for, whose rules hold for all that it led to.</param>
    /// <param name="url">Where it has led before.</param>
    public async Task<HttpResponseMessage> FollowAsync(
        Uri start, Uri url, Action<HttpRequestMessage> shape, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= RedirectRules.MaxRedirects; redirects++)
        {
            var answer = await SendAsync(start, url, shape, cancellationToken);
            if (!IsRedirect(answer.StatusCode))
                return answer;
            using (answer)
                url = RedirectRules.Follow(start, url, answer.Headers.Location);
        }

        throw RedirectRules.TooMany(start);
    }

    public void Dispose() => _connections.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        Uri start, Uri url, Action<HttpRequestMessage> shape, CancellationToken cancellationToken)
    {
        // Not disposed of: the answer refers to it, and it has no body.
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        shape(request);
        try
        {
            return await _connections.To(url, start).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception exception) when (exception is not ImgsyncException && !cancellationToken.IsCancellationRequested)
        {
            throw UpstreamFailure.From(start, url, exception, places.Around(start), options.IdleTimeout);
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => status
        is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
}

/// <summary>Where an upstream server may send us.</summary>
internal static class RedirectRules
{
    public const int MaxRedirects = 10;

    /// <param name="start">The URL first asked for, whose scheme the operator chose.</param>
    /// <param name="current">The URL that answered.</param>
    /// <param name="location">Its <c>Location</c> header.</param>
    /// <exception cref="UpstreamException">The redirect may not be followed.</exception>
    public static Uri Follow(Uri start, Uri current, Uri? location)
    {
        if (location is null || !Uri.TryCreate(current, location, out var next))
            throw Refused(start, "redirects without a location that can be understood; try another mirror");
        if (next.Scheme is not ("https" or "http"))
            throw Refused(start, $"redirects to the scheme {next.Scheme}, and only https is followed");
        if (next.Scheme is "http" && start.Scheme is not "http")
            throw Refused(
                start, $"redirects away from https to {next.InMessages()}, where anyone on the way could change the content; use a "
                    + "mirror that stays on https");
        if (next.UserInfo.Length > 0)
            throw Refused(start, $"redirects to {next.Host} with a user name in the URL, which no publisher needs");
        return next;
    }

    public static UpstreamException TooMany(Uri start) => Refused(start, $"redirects more than {MaxRedirects} times; try another mirror");

    private static UpstreamException Refused(Uri start, string fault) => new($"GET {start.InMessages()} {fault}.");
}
