using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using RestSharp;

namespace Imgsync.Core.Glance.Api;

/// <summary>Glance's Image API v2, one method per verb. Every method throws <see cref="CloudRefusedException"/> when Glance says no and
/// <see cref="CloudUnavailableException"/> when it does not get to say anything.</summary>
public sealed class GlanceClient
{
    private const int MostPages = 1000;

    private readonly GlanceTransport _transport;
    private readonly ImageActivation _activation;

    internal GlanceClient(GlanceTransport transport, ImageActivation activation) =>
        (_transport, _activation, Members, Stores, Imports) =
            (transport, activation, new GlanceMembers(transport), new GlanceStores(transport), new GlanceImports(transport));

    public GlanceMembers Members { get; }

    public GlanceStores Stores { get; }

    public GlanceImports Imports { get; }

    /// <summary>Makes the record, <c>queued</c>. Made twice with the same id it is the
    /// same image, as long as it is this project's.</summary>
    public async Task<GlanceImage> CreateAsync(NewImage image, CancellationToken cancellationToken)
    {
        var what = $"create image \"{image.Name}\" ({image.Id})";
        var response = await _transport.SendAsync(what, Method.Post, "images", cancellationToken, image.ToJson());
        if (response.StatusCode == HttpStatusCode.Conflict && await FindOwnAsync(image.Id, cancellationToken) is { } made)
            return made;
        return Read(what, _transport.Expect(what, response, HttpStatusCode.Created));
    }

    /// <summary>Sends the content as one streamed body of constant memory, and sends it once: whatever is wrong after the
    /// first byte was taken from the stream is a failure. When the stream throws, the request is cut, the image is
    /// <c>queued</c> again, and the stream's exception is what comes out. Only an active image is a success: it is waited for
    /// where Glance needs more time, and asked for where the answer to the whole body was lost.</summary>
    /// <param name="length">Where it is known; the stream must then hold exactly as much.</param>
    /// <param name="store">Where Glance is to keep it; null for its default store.</param>
    public async Task<GlanceImage> UploadAsync(
        string id, Stream content, long? length, CancellationToken cancellationToken, string? store = null)
    {
        var what = $"upload the content of image {id}";

        // Asked before the stream is touched: a token that is not accepted is renewed here, and Glance then knows it for the upload.
        _transport.Expect(what, await _transport.SendAsync(what, Method.Get, PathOf(id), cancellationToken), HttpStatusCode.OK);
        var lost = await _transport.UploadAsync(what, $"{PathOf(id)}/file", content, length, store, cancellationToken);
        return await _activation.WaitAsync(what, () => ShowAsync(id, cancellationToken), lost, cancellationToken);
    }

    /// <summary>The image's record; null when there is none that this project may see.</summary>
    public async Task<GlanceImage?> ShowAsync(string id, CancellationToken cancellationToken)
    {
        var what = $"show image {id}";
        var response = await _transport.SendAsync(what, Method.Get, PathOf(id), cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null : Read(what, _transport.Expect(what, response, HttpStatusCode.OK));
    }

    /// <summary>All images that match, newest first, page by page as they are asked for.</summary>
    public async IAsyncEnumerable<GlanceImage> ListAsync(ImageQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string What = "list images";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var page = query.ToQueryString(); page is not null;)
        {
            if (!seen.Add(page) || seen.Count > MostPages)
                throw _transport.Api.NotUnderstood(What, "leads from page to page without an end");

            var (images, next) = await _transport.ReadAsync(
                What, "images" + page, body => (body.Each("images", GlanceImageJson.Read), body.Optional("next")), cancellationToken);
            foreach (var image in images)
                yield return image;

            // Only the query of the link counts: its path leaves out what a proxy puts before it, and its host is none of the answer's
            // business.
            page = next?.IndexOf('?', StringComparison.Ordinal) is >= 0 and var start ? next[start..] : null;
        }
    }

    /// <summary>Changes the record, all or nothing. Never while an upload runs: Glance would forget the change at its end.</summary>
    public async Task<GlanceImage> PatchAsync(string id, IReadOnlyList<PatchOperation> operations, CancellationToken cancellationToken)
    {
        var what = $"change {string.Join(", ", operations.Select(o => o.Name))} of image {id}";
        var patch = new JsonArray([.. operations.Select(o => o.ToJson())]).ToJsonString();
        var response = await _transport.SendAsync(
            what, Method.Patch, PathOf(id), cancellationToken, patch, "application/openstack-images-v2.1-json-patch");
        return Read(what, _transport.Expect(what, response, HttpStatusCode.OK));
    }

    /// <summary>Adds tags to those that the image has now. The list is patched as a whole: Glance's verb for a single tag has it in the
    /// path, where a slash is not found and a letter beyond ASCII is garbled.</summary>
    public async Task<GlanceImage> AddTagsAsync(string id, IEnumerable<string> tags, CancellationToken cancellationToken)
    {
        var present = (await ShowAsync(id, cancellationToken))?.Tags ?? [];
        return await PatchAsync(id, [PatchOperation.Set("tags", [.. present.Union(tags, StringComparer.Ordinal)])], cancellationToken);
    }

    /// <summary>Removes record and content; an image that is gone already is fine.</summary>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var what = $"delete image {id}";
        var response = await _transport.SendAsync(what, Method.Delete, PathOf(id), cancellationToken);
        _transport.Expect(what, response, HttpStatusCode.NoContent, HttpStatusCode.NotFound, HttpStatusCode.Gone);
    }

    /// <summary>Keeps the content from being read, by anyone but an administrator.</summary>
    public Task DeactivateAsync(string id, CancellationToken cancellationToken) => ActAsync(id, "deactivate", cancellationToken);

    /// <summary>Lets a deactivated image's content be read again.</summary>
    public Task ReactivateAsync(string id, CancellationToken cancellationToken) => ActAsync(id, "reactivate", cancellationToken);

    private async Task ActAsync(string id, string action, CancellationToken cancellationToken)
    {
        var what = $"{action} image {id}";
        var response = await _transport.SendAsync(what, Method.Post, $"{PathOf(id)}/actions/{action}", cancellationToken);
        _transport.Expect(what, response, HttpStatusCode.NoContent);
    }

    private async Task<GlanceImage?> FindOwnAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await ShowAsync(id.ToString(), cancellationToken);
        var project = await _transport.GetProjectAsync(cancellationToken);
        return string.Equals(found?.Owner, project, StringComparison.Ordinal) ? found : null;
    }

    private GlanceImage Read(string what, RestResponse response) => _transport.Api.Read(what, response, GlanceImageJson.Read);

    private static string PathOf(string id) => $"images/{Uri.EscapeDataString(id)}";
}
