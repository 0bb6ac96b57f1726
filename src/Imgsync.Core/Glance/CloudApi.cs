using System.Text.Json;
using Imgsync.Core.Configuration;
using RestSharp;

namespace Imgsync.Core.Glance;

/// <summary>Sends one request to a cloud. Every HTTP status is an answer; only the lack of one is a failure here.</summary>
internal sealed class CloudApi(CloudOptions cloud, RestClient rest)
{
    /// <summary>Carries the token of a request to any of the cloud's services.</summary>
    public const string TokenHeader = "X-Auth-Token";

    /// <param name="what">What is attempted, as in "Cannot ... on cloud": <c>delete image 4f…</c>.</param>
    public async Task<RestResponse> SendAsync(string what, RestRequest request, CancellationToken cancellationToken)
    {
        // Glance words its errors in the form that is accepted: JSON, or else HTML.
        request.AddOrUpdateHeader(KnownHeaders.Accept, "application/json");
        var response = await rest.ExecuteAsync(request, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return response.ErrorException is null ? response : throw NoAnswer(what, request, response);
    }

    /// <summary>The exception for an answer that is not the one hoped for.</summary>
    public ImgsyncException Refusal(string what, RestResponse response, string? advice = null) =>
        CloudFailure.Of(what, cloud, response, advice);

    /// <summary>The exception for what this cloud cannot do, known without an attempt.</summary>
    /// <param name="why">What it has instead and what to do, as the rest of the sentence.</param>
    public CloudRefusedException Refusal(string what, string why) => new($"Cannot {what} on cloud '{cloud.Name}': {why}.");

    /// <summary>Reads an answer that has the right status.</summary>
    public T Read<T>(string what, RestResponse response, Func<JsonElement, T> read) => Read(what, () =>
    {
        using var json = JsonDocument.Parse(response.RawBytes);
        return read(json.RootElement);
    });

    /// <summary>Reads one that was read as it came.</summary>
    public T Read<T>(string what, LongAnswer<T> answer) => Read(what, () => answer.Value);

    public ImgsyncException NotUnderstood(string what, string trouble) => new CloudRefusedException(
        $"Cannot {what} on cloud '{cloud.Name}': its answer {trouble}; check that the endpoint is the service's own and not "
            + "a web page in front of it.");

    private T Read<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException
            or InvalidOperationException) // for a value of another kind, and half a surrogate pair in a string
        {
            throw NotUnderstood(what, $"is not what OpenStack's API says ({e.Message.TrimEnd('.')})");
        }
    }

    private ImgsyncException NoAnswer(string what, RestRequest request, RestResponse response) =>
        CloudFailure.WithoutAnswer(what, cloud, rest.BuildUri(request), response.ErrorException);
}
