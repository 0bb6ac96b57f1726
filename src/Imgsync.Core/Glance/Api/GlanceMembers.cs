using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using RestSharp;

namespace Imgsync.Core.Glance.Api;

/// <summary>Whom a <c>shared</c> image is offered to (Image API v2, "Image sharing"). Glance
/// has members for images of that visibility only.</summary>
public sealed class GlanceMembers
{
    private readonly GlanceTransport _transport;

    internal GlanceMembers(GlanceTransport transport) => _transport = transport;

    /// <summary>The projects, and what they have answered.</summary>
    public async Task<IReadOnlyList<ImageMember>> ListAsync(string id, CancellationToken cancellationToken)
    {
        var what = $"list the members of image {id}";
        var response = await _transport.SendAsync(what, Method.Get, PathOf(id), cancellationToken);
        _transport.Expect(what, response, HttpStatusCode.OK);
        return [.. _transport.Api.Read(what, response, body => body.Each("members", Read)).OfType<ImageMember>()];
    }

    /// <summary>Offers the image to a project, which sees it in its list once it accepts;
    /// who was asked before is not asked again.</summary>
    public async Task AddAsync(string id, string projectId, CancellationToken cancellationToken)
    {
        var what = $"share image {id} with project {projectId}";
        var body = new JsonObject { ["member"] = projectId }.ToJsonString();
        var response = await _transport.SendAsync(what, Method.Post, PathOf(id), cancellationToken, body);

        // 409: it is a member already.
        _transport.Expect(what, response, HttpStatusCode.OK, HttpStatusCode.Conflict);
    }

    /// <summary>Takes the offer back; a project that is no member is fine.</summary>
    public async Task RemoveAsync(string id, string projectId, CancellationToken cancellationToken)
    {
        var what = $"stop sharing image {id} with project {projectId}";
        var response = await _transport.SendAsync(what, Method.Delete, PathOf(id, projectId), cancellationToken);
        _transport.Expect(what, response, HttpStatusCode.NoContent, HttpStatusCode.NotFound);
    }

    /// <summary>Answers an offer, as the member project: <c>accepted</c>, <c>rejected</c>
    /// or <c>pending</c>. The owner is not let (403), but an administrator is.</summary>
    public async Task AnswerAsync(string id, string projectId, string status, CancellationToken cancellationToken)
    {
        var what = $"set project {projectId} to {status} for image {id}";
        var body = new JsonObject { ["status"] = status }.ToJsonString();
        var response = await _transport.SendAsync(what, Method.Put, PathOf(id, projectId), cancellationToken, body);
        _transport.Expect(what, response, HttpStatusCode.OK);
    }

    private static ImageMember? Read(JsonElement member) =>
        member.Optional("member_id") is { } project ? new ImageMember(project, member.Optional("status") ?? "") : null;

    private static string PathOf(string id) => $"images/{Uri.EscapeDataString(id)}/members";

    private static string PathOf(string id, string projectId) => $"{PathOf(id)}/{Uri.EscapeDataString(projectId)}";
}

/// <param name="Project">By its id.</param>
/// <param name="Status">What it has answered.</param>
public sealed record ImageMember(string Project, string Status)
{
    public bool HasNotAnswered => Status is "pending";
}
