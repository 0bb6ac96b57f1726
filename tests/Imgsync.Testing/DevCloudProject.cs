using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Testing;

/// <summary>A Keystone project of a test's own, in which the user syncer may publish. Identity is content and pruning goes by project,
/// so tests that publish alike would otherwise take each other's images for theirs.</summary>
public static class DevCloudProject
{
    public static async Task<CloudOptions> CreateAsync(DevCloud cloud, CancellationToken cancellationToken)
    {
        var name = DevCloud.UniquePrefix().Trim();
        using var keystone = await SignInAsync(cloud, cancellationToken);
        var project = await AddAsync(
            keystone, "project", new JsonObject { ["name"] = name, ["domain_id"] = "default" }, cancellationToken);
        await GrantAsync(keystone, project, "syncer", ["member", "publisher"], cancellationToken);
        var syncer = cloud.Cloud();
        return syncer with { Auth = syncer.Auth with { ProjectName = name } };
    }

    /// <summary>The same project with the user admin, who is an administrator there, too.</summary>
    public static async Task<CloudOptions> AsAdminAsync(DevCloud cloud, CloudOptions project, CancellationToken cancellationToken)
    {
        using var keystone = await SignInAsync(cloud, cancellationToken);
        var id = await FindAsync(keystone, "projects", project.Auth.ProjectName!, cancellationToken);
        await GrantAsync(keystone, id, "admin", ["admin"], cancellationToken);
        return project with { Auth = cloud.Cloud("admin").Auth with { ProjectName = project.Auth.ProjectName } };
    }

    /// <summary>A domain, and a project in it, which nobody may sign in to.</summary>
    /// <returns>The project's id.</returns>
    public static async Task<string> AddWithDomainAsync(DevCloud cloud, string project, string domain, CancellationToken cancellationToken)
    {
        using var keystone = await SignInAsync(cloud, cancellationToken);
        var id = await AddAsync(keystone, "domain", new JsonObject { ["name"] = domain }, cancellationToken);
        return await AddAsync(keystone, "project", new JsonObject { ["name"] = project, ["domain_id"] = id }, cancellationToken);
    }

    private static async Task<string> AddAsync(HttpClient keystone, string kind, JsonObject what, CancellationToken cancellationToken)
    {
        using var content = new StringContent(new JsonObject { [kind] = what }.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await keystone.PostAsync($"v3/{kind}s", content, cancellationToken);
        return (string)(await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>(cancellationToken))![kind]!["id"]!;
    }

    private static async Task GrantAsync(
        HttpClient keystone, string project, string user, string[] roles, CancellationToken cancellationToken)
    {
        var id = await FindAsync(keystone, "users", user, cancellationToken);
        foreach (var role in roles)
        {
            var grant = $"v3/projects/{project}/users/{id}/roles/{await FindAsync(keystone, "roles", role, cancellationToken)}";
            using var granted = await keystone.PutAsync(grant, content: null, cancellationToken);
            granted.EnsureSuccessStatusCode();
        }
    }

    private static async Task<string> FindAsync(HttpClient keystone, string kind, string name, CancellationToken cancellationToken)
    {
        var found = await keystone.GetFromJsonAsync<JsonObject>($"v3/{kind}?name={name}", cancellationToken);
        return (string)found![kind]![0]!["id"]!;
    }

    private static async Task<HttpClient> SignInAsync(DevCloud cloud, CancellationToken cancellationToken)
    {
        var http = new HttpClient(new SteadyHandler()) { BaseAddress = new Uri(cloud.KeystoneUrl, "/") };
        http.DefaultRequestHeaders.Add(
            "X-Auth-Token", await GlanceProbe.TokenAsync(http, cloud.KeystoneUrl, cloud.Cloud("admin").Auth, cancellationToken));
        return http;
    }
}
