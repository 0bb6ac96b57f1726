using System.Text;
using System.Text.Json.Nodes;
using Imgsync.Core.Glance.Keystone;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Glance.Keystone;

/// <summary>Prepares what a sign-in test needs in the real Keystone.</summary>
internal sealed class KeystoneAdmin : IDisposable
{
    private readonly HttpClient _http = new();

    private KeystoneAdmin(Uri keystone) => _http.BaseAddress = new Uri(keystone + "/");

    public required KeystoneToken Token { get; init; }

    public static async Task<KeystoneAdmin> SignInAsync(DevCloud cloud, CancellationToken cancellationToken, string user = "admin")
    {
        using var connection = Connect.To(cloud.Cloud(user));
        var token = await connection.Keystone.GetTokenAsync(cancellationToken);
        var admin = new KeystoneAdmin(cloud.KeystoneUrl) { Token = token };
        admin._http.DefaultRequestHeaders.Add("X-Auth-Token", token.Value.Reveal());
        return admin;
    }

    /// <summary>A new user with this password; the body may say more about it.</summary>
    public Task<JsonNode> AddUserAsync(string name, Secret password, JsonObject options, CancellationToken cancellationToken) =>
        PostAsync(
            "users", "user", new JsonObject { ["name"] = name, ["password"] = password.Reveal(), ["options"] = options },
            cancellationToken);

    public async Task<JsonNode> PostAsync(string path, string wrapper, JsonObject body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(new JsonObject { [wrapper] = body }.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        return JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken))![wrapper]!;
    }

    public async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) =>
        JsonNode.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative), cancellationToken))!;

    public async Task PutAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await _http.PutAsync(new Uri(path, UriKind.Relative), content: null, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public async Task RevokeAsync(KeystoneToken token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri("auth/tokens", UriKind.Relative));
        request.Headers.Add("X-Subject-Token", token.Value.Reveal());
        using var answer = await _http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();
}
