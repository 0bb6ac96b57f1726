namespace Imgsync.Core.Upstream.Client;

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
            throw Refused(start, $"redirects away from https to {next.InMessages()}, where anyone on the way could change the content; use a mirror that stays on https");
        if (next.UserInfo.Length > 0)
            throw Refused(start, $"redirects to {next.Host} with a user name in the URL, which no publisher needs");
        return next;
    }

    public static UpstreamException TooMany(Uri start) => Refused(start, $"redirects more than {MaxRedirects} times; try another mirror");

    private static UpstreamException Refused(Uri start, string fault) => new($"GET {start.InMessages()} {fault}.");
}
