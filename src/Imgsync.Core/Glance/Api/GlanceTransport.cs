using System.Net;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Keystone;
using RestSharp;

namespace Imgsync.Core.Glance.Api;

/// <summary>Carries requests to Glance under a token, and renews the token once when Glance does not accept it.</summary>
internal sealed class GlanceTransport(CloudOptions cloud, CloudApi api, KeystoneSession keystone, TimeProvider time)
{
    // A token must be good when Glance closes the image record at the end, too.
    private static readonly TimeSpan LongUpload = TimeSpan.FromHours(1);

    // Glance may wait for its own store between two blocks, and at the end.
    private readonly TimeSpan _patience = cloud.Timeout * 5;

    public CloudApi Api => api;

    public async Task<string?> GetProjectAsync(CancellationToken cancellationToken) =>
        (await keystone.GetTokenAsync(cancellationToken)).ProjectId;

    /// <summary>An answer with one of these statuses, or else the exception for it.</summary>
    public RestResponse Expect(string what, RestResponse response, params ReadOnlySpan<HttpStatusCode> expected) =>
        expected.Contains(response.StatusCode) ? response : throw api.Refusal(what, response);

    /// <param name="what">What is attempted, for an error message.</param>
    /// <param name="path">Below the endpoint, query included.</param>
    public async Task<RestResponse> SendAsync(
        string what, Method method, string path, CancellationToken cancellationToken, string? body = null,
        string contentType = "application/json")
    {
        var endpoint = await keystone.FindImageEndpointAsync(cancellationToken);
        return await keystone.SendAsync(
            what,
            () =>
            {
                var request = new RestRequest(new Uri(endpoint, path), method);
                return body is null ? request : request.AddStringBody(body, contentType);
            },
            cancellationToken);
    }

    /// <summary>Asks for what may be long, and reads it as it comes.</summary>
    public async Task<T> ReadAsync<T>(string what, string path, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        var endpoint = await keystone.FindImageEndpointAsync(cancellationToken);
        var answer = new LongAnswer<T>(read);
        Expect(
            what,
            await keystone.SendAsync(
                what, () => new RestRequest(new Uri(endpoint, path)) { Interceptors = [answer] }, cancellationToken),
            HttpStatusCode.OK);
        return api.Read(what, answer);
    }

    /// <summary>Streams a body through once. A refused token is renewed only as long as not one byte of it was taken.</summary>
    /// <returns>Null when Glance has said that it has the content. Where the whole body was sent and no answer of Glance's came,
    /// what came instead, as the rest of a sentence: Glance may have the content all the same.</returns>
    public async Task<string?> UploadAsync(
        string what, string path, Stream content, long? length, string? store, CancellationToken cancellationToken)
    {
        using var body = new UploadBody(content, length, _patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, body.Stalled);
        var asksFirst = true;
        for (var renewed = false; ;)
        {
            var token = await keystone.GetTokenAsync(LongUpload, stop.Token);
            var endpoint = await keystone.FindImageEndpointAsync(stop.Token);
            var request = new RestRequest(new Uri(endpoint, path), Method.Put)
                .AddHeader(CloudApi.TokenHeader, token.Value.Reveal())
                .AddFile("file", () => body, "file", "application/octet-stream");
            request.AlwaysSingleFileAsContent = true;
            if (store is not null)
                request.AddHeader("X-Image-Meta-Store", store);
            request.Interceptors = [new UploadHeaders(length, asksFirst)];

            var (response, lost) = await SendAsync(what, request, body, stop.Token, cancellationToken);
            if (response is null)
                return lost;
            if (body.SinceWhole is { } since && CloudFailure.IsGateways(response.StatusCode))
                return $"{(int)response.StatusCode} came {since.InWords()} after the last byte";
            if (response.StatusCode is HttpStatusCode.Unauthorized && !renewed && body.Taken == 0)
            {
                keystone.Invalidate(token);
                renewed = true;
            }
            else if (response.StatusCode is HttpStatusCode.ExpectationFailed && asksFirst && body.Taken == 0)
            {
                asksFirst = false; // some proxy before Glance knows of no such question
            }
            else
            {
                Expect(what, response, HttpStatusCode.NoContent, HttpStatusCode.Accepted);
                return null;
            }
        }
    }

    private async Task<(RestResponse? Response, string? Lost)> SendAsync(
        string what, RestRequest request, UploadBody body, CancellationToken stop, CancellationToken caller)
    {
        try
        {
            return (await api.SendAsync(what, request, stop), null);
        }
        catch (Exception) when (body.SourceFailure is { } failure && !caller.IsCancellationRequested)
        {
            // The request was cut because its source broke: that is the news, not the cut.
            ExceptionDispatchInfo.Throw(failure);
            throw;
        }
        catch (CloudUnavailableException) when (body.SinceWhole is { } since)
        {
            return (null, $"the connection broke {since.InWords()} after the last byte");
        }
        catch (CloudUnavailableException e) when (body.Taken > 0)
        {
            // What Glance may have said before it closed the connection is lost with it.
            throw new CloudUnavailableException(
                $"Cannot {what} on cloud '{cloud.Name}': the connection broke after {body.Taken} bytes; if it breaks there again, Glance's "
                    + "log tells why, such as image_size_cap.", e);
        }
        catch (OperationCanceledException) when (body.Stalled.IsCancellationRequested && !caller.IsCancellationRequested)
        {
            if (body.SinceWhole is not null)
                return (null, $"Glance was silent for {_patience.InWords()} after the last byte");
            throw new CloudUnavailableException(
                $"Cannot {what} on cloud '{cloud.Name}': after {body.Taken} bytes Glance was silent for {_patience.InWords()}; "
                    + "check Glance and its store.");
        }
    }
}
