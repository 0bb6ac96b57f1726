using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RestSharp;

namespace Imgsync.Core.Glance.Api;

/// <summary>Content that Glance takes over by itself (Image API v2, "Interoperable image import"): from its own staging area, or from a
/// URL. It goes on in the background, and the image's record says how far it is.</summary>
public sealed partial class GlanceImports
{
    public const string Direct = "glance-direct";

    public const string Download = "web-download";

    private readonly GlanceTransport _transport;

    internal GlanceImports(GlanceTransport transport) => _transport = transport;

    /// <summary>Set once this cloud has refused a plain upload, which big ones do by policy: later images need not try.</summary>
    public bool UploadsAreRefused { get; set; }

    /// <summary>The methods this cloud offers; none where it knows no import.</summary>
    public async Task<IReadOnlyList<string>> MethodsAsync(CancellationToken cancellationToken)
    {
        const string What = "ask which import methods there are";
        var response = await _transport.SendAsync(What, Method.Get, "info/import", cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound
            ? []
            : _transport.Api.Read(What, _transport.Expect(What, response, HttpStatusCode.OK), Methods);
    }

    /// <summary>Brings the content to Glance's staging area, by one body of constant memory that is sent once, like an upload.</summary>
    /// <param name="length">The stream must hold exactly as much.</param>
    public async Task StageAsync(string id, Stream content, long length, CancellationToken cancellationToken)
    {
        var what = $"stage the content of image {id}";

        // Asked before the stream is touched: a token that is not accepted is renewed here, and Glance then knows it for the upload.
        _transport.Expect(what, await _transport.SendAsync(what, Method.Get, PathOf(id), cancellationToken), HttpStatusCode.OK);
        if (await _transport.UploadAsync(what, $"{PathOf(id)}/stage", content, length, store: null, cancellationToken) is { } lost)
            throw new CloudUnavailableException(
                $"Cannot {what}: {lost}; if a proxy or balancer before Glance gives up too early, raise its time-out.");
    }

    /// <summary>Lets Glance begin.</summary>
    /// <param name="url">What Glance is to fetch; null for what was staged. Whoever has it can read the image: no message shows it.</param>
    /// <param name="stores">Where it is to be kept; none for Glance's default store.</param>
    public async Task StartAsync(string id, Secret? url, IReadOnlyCollection<string> stores, CancellationToken cancellationToken)
    {
        var method = new JsonObject { ["name"] = url is null ? Direct : Download };
        if (url is not null)
            method["uri"] = url.Reveal();
        var body = new JsonObject { ["method"] = method };
        if (stores.Count > 0)
        {
            body["stores"] = new JsonArray([.. stores.Select(store => (JsonNode)store)]);
            // One store that is full should not keep the image out of the others.
            body["all_stores_must_succeed"] = false;
        }

        var what = $"import image {id} by {method["name"]}";
        try
        {
            var response = await _transport.SendAsync(
                what, Method.Post, $"{PathOf(id)}/import", cancellationToken, body.ToJsonString());
            _transport.Expect(what, response, HttpStatusCode.Accepted);
        }
        catch (CloudRefusedException refused) when (url is not null)
        {
            throw new CloudRefusedException(WithoutLinks(refused.Message)) { Status = refused.Status };
        }
        catch (CloudUnavailableException failed) when (url is not null)
        {
            throw new CloudUnavailableException(WithoutLinks(failed.Message));
        }
    }

    /// <summary>The latest task at an image, for what it says of a failure; null where there is none, or this cloud does not tell.
    /// </summary>
    public async Task<GlanceTask?> TaskAsync(string id, CancellationToken cancellationToken)
    {
        var what = $"list the tasks of image {id}";
        var response = await _transport.SendAsync(what, Method.Get, $"{PathOf(id)}/tasks", cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed)
            return null;

        return _transport.Api.Read(
            what, _transport.Expect(what, response, HttpStatusCode.OK),
            body => body.Each("tasks", task => (
                Made: task.OptionalTime("created_at") ?? default,
                Task: new GlanceTask(task.Optional("status") ?? "", WithoutLinks(task.Optional("message") ?? "").OnOneLine().Shortened()))))
            .OrderBy(task => task.Made)
            .LastOrDefault().Task;
    }

    private static IReadOnlyList<string> Methods(JsonElement body) =>
        body.TryGetProperty("import-methods", out var methods)
            ? [.. methods.Items("value").Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)]
            : [];

    private static string PathOf(string id) => $"images/{Uri.EscapeDataString(id)}";

    private static string WithoutLinks(string text) => Link().Replace(text, "(the link)");

    /// <summary>A signed URL, or what an answer has made of it: all to the end of the word.</summary>
    [GeneratedRegex(@"\S*\bsig=\S*", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex Link();
}

/// <summary>A piece of Glance's background work on an image.</summary>
/// <param name="Status"><c>pending</c>, <c>processing</c>, <c>success</c> or <c>failure</c>.</param>
/// <param name="Message">Glance's words, on one line.</param>
public sealed record GlanceTask(string Status, string Message);
