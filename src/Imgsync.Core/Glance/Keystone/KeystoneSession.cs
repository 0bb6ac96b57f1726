using System.Net;
using Imgsync.Core.Configuration;
using Microsoft.Extensions.Logging;
using RestSharp;

namespace Imgsync.Core.Glance.Keystone;

/// <summary>Signed in to one Keystone: hands out a token that is good for a while
/// longer, and asks for a new one only when it must.</summary>
public sealed partial class KeystoneSession : IDisposable
{
    private static readonly TimeSpan ShortTask = TimeSpan.FromMinutes(2);

    private readonly CloudOptions _cloud;
    private readonly CloudApi _api;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _signingIn = new(1);
    private readonly KeystoneDiscovery _discovery;
    private volatile KeystoneToken? _token;

    internal KeystoneSession(CloudOptions cloud, CloudApi api, TimeProvider time, ILogger logger)
    {
        (_cloud, _api, _time, _logger) = (cloud, api, time, logger);
        _discovery = new KeystoneDiscovery(cloud, api);
    }

    /// <summary>A token with some life left; however many ask at once, Keystone is asked once.</summary>
    /// <exception cref="CloudRefusedException">Keystone does not let us in.</exception>
    /// <exception cref="CloudUnavailableException">Keystone cannot be reached.</exception>
    public Task<KeystoneToken> GetTokenAsync(CancellationToken cancellationToken) => GetTokenAsync(ShortTask, cancellationToken);

    /// <summary>A token that outlives a task of this length, as far as this Keystone's tokens live that long.</summary>
    internal async Task<KeystoneToken> GetTokenAsync(TimeSpan task, CancellationToken cancellationToken)
    {
        if (_token is { } cached && Outlives(cached, task))
            return cached;

        await _signingIn.WaitAsync(cancellationToken);
        try
        {
            if (_token is { } other && Outlives(other, task))
                return other;
            return _token = await SignInAsync(cancellationToken);
        }
        finally
        {
            _signingIn.Release();
        }
    }

    /// <summary>What time it is in the cloud. How old an image is goes by this: our own clock may have been moved.</summary>
    public async Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        var token = await GetTokenAsync(cancellationToken);
        return _time.GetUtcNow() + token.ClockOffset;
    }

    /// <summary>Forgets a token that was not accepted; one that replaced it meanwhile stays.</summary>
    public void Invalidate(KeystoneToken token) => Interlocked.CompareExchange(ref _token, null, token);

    /// <summary>Sends a small request to one of the cloud's services, under a token that is renewed once when it is not accepted.</summary>
    /// <param name="make">The request, made anew for each token.</param>
    internal async Task<RestResponse> SendAsync(string what, Func<RestRequest> make, CancellationToken cancellationToken)
    {
        for (var renewed = false; ; renewed = true)
        {
            var token = await GetTokenAsync(cancellationToken);
            var request = make().AddHeader(CloudApi.TokenHeader, token.Value.Reveal());
            var response = await _api.SendAsync(what, request, cancellationToken);
            if (response.StatusCode is not HttpStatusCode.Unauthorized || renewed)
                return response;
            Invalidate(token);
        }
    }

    /// <summary>Glance's endpoint, ending in <c>/v2/</c>: the configured one, or the catalogue's for the region and interface.</summary>
    public async Task<Uri> FindImageEndpointAsync(CancellationToken cancellationToken)
    {
        var endpoint = _cloud.ImageEndpoint ?? (await GetTokenAsync(cancellationToken)).Catalog.FindImageEndpoint(_cloud);
        return VersionedUri.Of(endpoint, "v2");
    }

    /// <summary>Keystone's own endpoint, ending in <c>/v3/</c>.</summary>
    internal Task<Uri> FindIdentityEndpointAsync(CancellationToken cancellationToken) => _discovery.FindAsync(cancellationToken);

    public void Dispose() => _signingIn.Dispose();

    // Half a life is as much as can be asked for: a new token may not live longer than the old one.
    private bool Outlives(KeystoneToken token, TimeSpan task) =>
        token.ExpiresAt - _time.GetUtcNow() > (task < token.Lifetime / 2 ? task : token.Lifetime / 2);

    private async Task<KeystoneToken> SignInAsync(CancellationToken cancellationToken)
    {
        var what = $"sign in {KeystoneRequest.Describe(_cloud.Auth)}";
        var body = KeystoneRequest.Body(_cloud.Auth);
        var identity = await _discovery.FindAsync(cancellationToken);
        var askedAt = _time.GetUtcNow();

        // A string, because Keystone reads a body without Content-Length as empty.
        var request = new RestRequest(new Uri(identity, "auth/tokens"), Method.Post).AddStringBody(body, ContentType.Json);
        var response = await _api.SendAsync(what, request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Created)
            throw _api.Refusal(what, response, Advise(response));

        if (response.GetHeaderValue("X-Subject-Token") is not { Length: > 0 } value)
            throw _api.NotUnderstood(what, "has no X-Subject-Token header");
        var token = _api.Read(what, response, body => KeystoneToken.Read(value, body, askedAt));
        var scope = token.ProjectId is { } project ? $"for project {project}" : "without a project";
        LogSignedIn(_logger, _cloud.Name, token.UserId, scope, token.ExpiresAt);
        return token;
    }

    private string? Advise(RestResponse response) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized when response.GetHeaderValue("Openstack-Auth-Receipt") is not null =>
            "this user signs in with a second factor, which an unattended program does not have, so use an application credential",
        HttpStatusCode.Unauthorized => _cloud.Auth.Type switch
        {
            "v3applicationcredential" => "check the credential's id and secret, that it has not expired, and that its user is enabled",
            "v3token" => "the token has expired or was revoked, so get a new one",
            _ => "check the user's name, domain and password, that the user is enabled, and that it has a role there",
        },
        // Keystone's answer to a revoked token, and to a credential or trust that is gone.
        HttpStatusCode.NotFound when _cloud.Auth.Type is "v3token" =>
            "the token has expired or was revoked, so get a new one, or Auth.AuthUrl is not Keystone's",
        HttpStatusCode.NotFound when CloudMessage.IsOpenStacks(response) && _cloud.Auth.Type is "v3applicationcredential" =>
            "this Keystone has no such credential, so check its id: it, or its user, was deleted, or it belongs to another cloud",
        HttpStatusCode.NotFound when CloudMessage.IsOpenStacks(response) => "check that this cloud has what it names",
        HttpStatusCode.NotFound => "check Auth.AuthUrl",
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Debug, Message = "Signed in to cloud {Cloud} as {UserId} {Scope} until {ExpiresAt:u}")]
    private static partial void LogSignedIn(ILogger logger, string cloud, string userId, string scope, DateTimeOffset expiresAt);
}
