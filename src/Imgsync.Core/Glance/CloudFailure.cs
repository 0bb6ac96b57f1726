using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Imgsync.Core.Configuration;
using Imgsync.Core.Http;
using Polly.Timeout;
using RestSharp;

namespace Imgsync.Core.Glance;

/// <summary>Puts what went wrong into the one sentence that operators read: what was attempted, what came back, what to do.</summary>
internal static partial class CloudFailure
{
    public static ImgsyncException Of(string what, CloudOptions cloud, RestResponse response, string? advice)
    {
        var said = CloudMessage.In(response, cloud.Auth);
        var status = $"{(int)response.StatusCode} {response.StatusDescription?.Shortened()}".TrimEnd();
        var quoted = said.Length > 0 ? $"{status} \"{said}\"" : status;
        var target = response.ResponseUri ?? cloud.Auth.AuthUrl;
        var proxy = target is { Scheme: "http" } && !CloudMessage.IsOpenStacks(response) ? ProxyFailures.NameFor(target) : null;
        var message = proxy is null
            ? $"Cannot {what} on cloud '{cloud.Name}': it answered {quoted}; {advice ?? Advise(response, said)}."
            : $"Cannot {what} on cloud '{cloud.Name}': the answer was {quoted}, not in OpenStack's words but probably in those of the "
                + $"proxy {proxy}; have its rules allow {target!.Authority}, or name that in NO_PROXY if there is a way without the proxy.";
        return MayPass(response.StatusCode)
            ? new CloudUnavailableException(message)
            : new CloudRefusedException(message) { Status = response.StatusCode };
    }

    public static ImgsyncException WithoutAnswer(string what, CloudOptions cloud, Uri target, Exception? failure)
    {
        var place = $"{target.Scheme}://{target.Authority}{ProxyFailures.Along(target)}";
        var attempted = $"Cannot {what} on cloud '{cloud.Name}'";
        return Innermost(failure) switch
        {
            ProxyException { MayPass: true } proxy => new CloudUnavailableException($"{attempted}: {proxy.Message}.", failure),
            ProxyException proxy => new CloudRefusedException($"{attempted}: {proxy.Message}.", failure),
            TimeoutRejectedException or TimeoutException =>
                new CloudUnavailableException(
                    $"{attempted}: {place} did not answer within {cloud.Timeout.InWords()}; check that it is up and not overloaded.",
                    failure),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } e =>
                new CloudRefusedException(
                    $"{attempted}: there is no TLS with {place} that both sides trust ({Deepest(e)}); name its "
                        + "authority in clouds[].caFile, and our certificate in clouds[].certFile if it asks for one.", failure),
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
                new CloudRefusedException(
                    $"{attempted}: the answer of {place} is larger than 32 MiB; check that the endpoint is the service's own.", failure),
            var e when HostNames.IsUnknown(e) =>
                new CloudRefusedException(
                    $"{attempted}: there is no host {target.IdnHost}; {NamedIn(cloud, target)}, or look at this machine's DNS.", failure),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                new CloudUnavailableException(
                    $"{attempted}: this machine's DNS does not say at the moment where {target.IdnHost} is; look at it, or try again "
                        + "later.", failure),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } e =>
                new CloudUnavailableException(
                    $"{attempted}: {place} cannot be reached ({Deepest(e)}); check that it is up and that "
                        + "nothing blocks the way.", failure),
            var e =>
                new CloudUnavailableException(
                    $"{attempted}: the connection to {place} broke ({Deepest(e)}); the next run tries again.", failure),
        };
    }

    /// <summary>True for what a proxy or balancer says when the server behind it did not answer, some in codes of their own.</summary>
    public static bool IsGateways(HttpStatusCode status) => (int)status is 502 or 503 or 504 or (>= 520 and <= 530);

    private static bool MayPass(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private static string Advise(RestResponse response, string said) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized =>
            "a token fresh from Keystone is not accepted, so check that the endpoint belongs to this Keystone and "
                + "that its own sign-in works",
        HttpStatusCode.Forbidden => AdviseForbidden(said),
        HttpStatusCode.NotFound => "it is not there or not visible to this project",
        HttpStatusCode.Conflict => "something else works on it, or it is not in the state this needs",
        HttpStatusCode.Gone => "it was deleted meanwhile",
        HttpStatusCode.RequestEntityTooLarge => AdviseTooLarge(response, said),
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
            "redirects are not followed, so configure the address it points to",
        var status when MayPass(status) => "the cloud's own logs tell why, and the next run tries again",
        _ => "the request does not suit this cloud",
    };

    /// <summary>A proxy's page is titled "Request Entity Too Large", so those words alone say nothing of Glance.</summary>
    private static string AdviseTooLarge(RestResponse response, string said)
    {
        if (Limit().Match(said) is { Success: true } limit)
            return limit switch
            {
                _ when limit.Groups["quota"].Success =>
                    "delete images of this project or have its storage quota raised (user_storage_quota, or the limit image_size_total)",
                _ when limit.Groups["cap"].Success => "have image_size_cap raised in glance-api.conf",
                _ => "have Glance's store enlarged",
            };
        return CloudMessage.IsOpenStacks(response)
            ? "it is more than this cloud allows"
            : "this is not how Glance says so but how a proxy before it does, so have the proxy's limit for bodies raised "
                + "(nginx: client_max_body_size)";
    }

    private static string AdviseForbidden(string said)
    {
        var policy = Policy().Match(said).Groups["policy"].Value;
        if (policy is "publicize_image")
            return "give the user a role that the policy publicize_image allows, or choose a visibility other than public";
        if (policy.Length > 0)
            return $"give the user a role that the policy {policy} allows";
        if (said.Contains("is reserved", StringComparison.Ordinal))
            return "give the user a role that the cloud's property protection allows to write it";
        if (said.Contains("is protected", StringComparison.Ordinal))
            return "set protected to false first";
        return "give the user a role that may do this";
    }

    private static string NamedIn(CloudOptions cloud, Uri target) =>
        cloud.ImageEndpoint?.IdnHost == target.IdnHost ? "correct its name in the cloud's imageEndpoint"
        : cloud.Auth.AuthUrl?.IdnHost == target.IdnHost ? "correct its name in the cloud's auth.authUrl (clouds.yaml: auth_url)"
        : "Keystone's catalogue names it, so have that corrected, or set the cloud's imageEndpoint or interface";

    private static Exception? Innermost(Exception? failure)
    {
        // RestSharp and HttpClient wrap; the outermost one that says something we know counts.
        for (var e = failure; e is not null; e = e.InnerException)
        {
            if (e is TimeoutRejectedException or TimeoutException)
                return e;
            if (e is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown })
                return e;
        }

        return failure;
    }

    private static string Deepest(Exception? failure)
    {
        while (failure?.InnerException is { } inner and not SocketException)
            failure = inner;
        return failure?.Message.TrimEnd('.').Shortened() ?? "no reason given";
    }

    [GeneratedRegex(@"authorized to complete (?<policy>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Policy();

    [GeneratedRegex(
        @"(?<quota>quota|over a limit)|(?<cap>\bimage (is too large|larger than)|maximum allowed)|(?<store>storage media)",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Limit();
}
