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
        var body = new JsonObject { ["project"] = new JsonObject { ["name"] = name, ["domain_id"] = "default" } };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await keystone.PostAsync("v3/projects", content, cancellationToken);
        var project =
            (string)(await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!["project"]!["id"]!;

        var user = await FindAsync(keystone, "users", "syncer", cancellationToken);
        foreach (var role in (string[])["member", "publisher"])
        {
            var grant = $"v3/projects/{project}/users/{user}/roles/{await FindAsync(keystone, "roles", role, cancellationToken)}";
            using var granted = await keystone.PutAsync(grant, content: null, cancellationToken);
            granted.EnsureSuccessStatusCode();
        }

        var syncer = cloud.Cloud();
        return syncer with { Auth = syncer.Auth with { ProjectName = name } };
    }

    private static async Task<string> FindAsync(HttpClient keystone, string kind, string name, CancellationToken cancellationToken)
    {
        var found = await keystone.GetFromJsonAsync<JsonObject>($"v3/{kind}?name={name}", cancellationToken);
        return (string)found![kind]![0]!["id"]!;
    }

    private static async Task<HttpClient> SignInAsync(DevCloud cloud, CancellationToken cancellationToken)
    {
        var http = new HttpClient { BaseAddress = new Uri(cloud.KeystoneUrl, "/") };
        http.DefaultRequestHeaders.Add(
            "X-Auth-Token", await GlanceProbe.TokenAsync(http, cloud.KeystoneUrl, cloud.Cloud("admin").Auth, cancellationToken));
        return http;
    }
}
