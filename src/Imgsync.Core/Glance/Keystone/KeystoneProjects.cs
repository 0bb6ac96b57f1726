using System.Net;
using Imgsync.Core.Configuration;
using RestSharp;

namespace Imgsync.Core.Glance.Keystone;

/// <summary>Finds projects by their names (Identity API v3, "List projects"), which Keystone lets administrators do.</summary>
public sealed class KeystoneProjects
{
    private readonly CloudApi _api;
    private readonly KeystoneSession _session;

    internal KeystoneProjects(CloudApi api, KeystoneSession session) => (_api, _session) = (api, session);

    /// <summary>The id of a domain. What is the name of none is its id; so it is where names may not be looked up.</summary>
    public async Task<string> FindDomainAsync(string nameOrId, CancellationToken cancellationToken)
    {
        var what = $"look up the domain {nameOrId}, named in publish.members,";
        var response = await AskAsync(what, $"domains?name={Uri.EscapeDataString(nameOrId)}", cancellationToken);
        if (response.StatusCode is HttpStatusCode.Forbidden)
            return nameOrId;

        var found = Read(what, response, "domains").Where(domain => IsCalled(domain, nameOrId)).ToList();
        return found is [var only] ? only.Id : nameOrId;
    }

    /// <summary>The id of a project.</summary>
    /// <param name="domain">The id of its domain.</param>
    /// <exception cref="CloudRefusedException">There is none, or more than one, or it may not be looked up.</exception>
    public async Task<string> FindAsync(ProjectName project, string domain, CancellationToken cancellationToken)
    {
        var what = $"look up the project {project}, named in publish.members,";
        var path = $"projects?name={Uri.EscapeDataString(project.Name)}&domain_id={Uri.EscapeDataString(domain)}";
        var response = await AskAsync(what, path, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Forbidden)
            throw _api.Refusal(what, response, "give the project's id instead of its name, or the user a role that may list projects");

        // A server that does not know a filter ignores it, and the image would go to somebody else.
        var found = Read(what, response, "projects")
            .Where(entry => IsCalled(entry, project.Name) && entry.Domain == domain)
            .ToList();
        return found is [var only]
            ? only.Id
            : throw _api.Refusal(
                what, found is []
                    ? "there is no project of that name in such a domain; correct the name, or give the project's id instead"
                    : $"{found.Count} projects have that name; give the id of the right one instead");
    }

    /// <summary>Keystone on MySQL does not tell capitals apart, so what it found may be written otherwise.</summary>
    private static bool IsCalled(Entry entry, string name) => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase);

    private async Task<RestResponse> AskAsync(string what, string path, CancellationToken cancellationToken)
    {
        var identity = await _session.FindIdentityEndpointAsync(cancellationToken);
        return await _session.SendAsync(what, () => new RestRequest(new Uri(identity, path)), cancellationToken);
    }

    private List<Entry> Read(string what, RestResponse response, string collection) => response.StatusCode is HttpStatusCode.OK
        ? _api.Read(what, response, body => body.Each(
            collection, entry => new Entry(entry.GetProperty("id").GetString()!, entry.Optional("name"), entry.Optional("domain_id"))))
        : throw _api.Refusal(what, response);

    private sealed record Entry(string Id, string? Name, string? Domain);
}
