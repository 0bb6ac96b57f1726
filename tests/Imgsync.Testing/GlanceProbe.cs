using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Testing;

/// <summary>A plain HTTP client of Glance's, so that tests can check what is there without the code under test.</summary>
public sealed class GlanceProbe : IDisposable
{
    private readonly HttpClient _http;

    private GlanceProbe(HttpClient http) => _http = http;

    internal static async Task<GlanceProbe> SignInAsync(
        Uri keystoneUrl, Uri glanceUrl, KeystoneOptions auth, CancellationToken cancellationToken)
    {
        var http = new HttpClient(new SteadyHandler()) { BaseAddress = glanceUrl };
        http.DefaultRequestHeaders.Add("X-Auth-Token", await TokenAsync(http, keystoneUrl, auth, cancellationToken));
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        return new GlanceProbe(http);
    }

    internal static async Task<string> TokenAsync(
        HttpClient http, Uri keystoneUrl, KeystoneOptions auth, CancellationToken cancellationToken)
    {
        var request = new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject
                    {
                        ["user"] =
                            new JsonObject { ["name"] = auth.Username, ["domain"] = InDefault(), ["password"] = auth.Password!.Reveal() },
                    },
                },
                ["scope"] = new JsonObject { ["project"] = new JsonObject { ["name"] = auth.ProjectName, ["domain"] = InDefault() } },
            },
        };

        using var content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync($"{keystoneUrl}/auth/tokens", content, cancellationToken);
        return answer.EnsureSuccessStatusCode().Headers.GetValues("X-Subject-Token").Single();
    }

    /// <summary>What Glance itself says an image record has.</summary>
    public async Task<JsonObject> ImageSchemaAsync(CancellationToken cancellationToken) =>
        JsonNode.Parse(await _http.GetStringAsync("v2/schemas/image", cancellationToken))!.AsObject();

    /// <summary>The image's record, null when there is none that this user may see.</summary>
    public async Task<JsonObject?> ShowAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync($"v2/images/{id}", cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;

        answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!.AsObject();
    }

    /// <summary>All images that this user can see whose names start so, hidden ones included, oldest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(string namePrefix, CancellationToken cancellationToken)
    {
        var images = new List<JsonObject>();
        foreach (var hidden in (string[])["false", "true"])
        {
            var page = $"/v2/images?limit=500&sort=created_at:asc&os_hidden={hidden}";
            while (page is not null)
            {
                var answer = JsonNode.Parse(await _http.GetStringAsync(new Uri(page, UriKind.Relative), cancellationToken))!;
                images.AddRange(answer["images"]!.AsArray().Select(image => image!.AsObject())
                    .Where(image => ((string?)image["name"])?.StartsWith(namePrefix, StringComparison.Ordinal) == true));
                page = (string?)answer["next"];
            }
        }

        return images;
    }

    /// <summary>Glance's background work on an image, latest first, with what it was asked to do.</summary>
    public async Task<IReadOnlyList<JsonObject>> TasksAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"v2/images/{id}/tasks", content: null, cancellationToken);
        var tasks = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!["tasks"]!.AsArray();
        return [.. tasks.Select(task => task!.AsObject()).OrderByDescending(task => (string?)task["created_at"], StringComparer.Ordinal)];
    }

    /// <summary>The image's bytes, for images as small as those of tests.</summary>
    public Task<byte[]> DownloadAsync(string id, CancellationToken cancellationToken) =>
        _http.GetByteArrayAsync(new Uri($"v2/images/{id}/file", UriKind.Relative), cancellationToken);

    /// <summary>Creates an image as somebody else's tool might leave it.</summary>
    public async Task<string> CreateAsync(JsonObject image, CancellationToken cancellationToken)
    {
        using var content = new StringContent(image.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await SendAsync(HttpMethod.Post, "v2/images", content, cancellationToken);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!["id"]!;
    }

    public async Task UploadAsync(string id, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await SendAsync(HttpMethod.Put, $"v2/images/{id}/file", content, cancellationToken);
    }

    /// <summary>Sets one attribute or property.</summary>
    public async Task SetAsync(string id, string name, JsonNode value, CancellationToken cancellationToken)
    {
        var patch = new JsonArray(new JsonObject { ["op"] = "add", ["path"] = $"/{name}", ["value"] = value });
        using var content = new StringContent(patch.ToJsonString());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/openstack-images-v2.1-json-patch");
        using var answer = await SendAsync(HttpMethod.Patch, $"v2/images/{id}", content, cancellationToken);
    }

    /// <summary>Takes an action such as <c>deactivate</c>.</summary>
    public async Task ActAsync(string id, string action, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"v2/images/{id}/actions/{action}", content: null, cancellationToken);
    }

    /// <summary>Whom a shared image is offered to: <c>project status</c>, in the order of the projects.</summary>
    public async Task<IReadOnlyList<string>> MembersAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"v2/images/{id}/members", content: null, cancellationToken);
        var members = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!["members"]!.AsArray();
        return [.. members.Select(member => $"{member!["member_id"]} {member["status"]}").Order(StringComparer.Ordinal)];
    }

    /// <summary>Takes an offer, as the project it was made to.</summary>
    /// <summary>Offers a shared image to a project, as its owner does by hand.</summary>
    public async Task ShareAsync(string id, string project, CancellationToken cancellationToken)
    {
        using var content = new StringContent($$"""{"member":"{{project}}"}""", Encoding.UTF8, "application/json");
        using var answer = await SendAsync(HttpMethod.Post, $"v2/images/{id}/members", content, cancellationToken);
    }

    public async Task AcceptAsync(string id, string project, CancellationToken cancellationToken)
    {
        using var content = new StringContent("""{"status":"accepted"}""", Encoding.UTF8, "application/json");
        using var answer = await SendAsync(HttpMethod.Put, $"v2/images/{id}/members/{project}", content, cancellationToken);
    }

    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Delete, $"v2/images/{id}", content: null, cancellationToken);
    }

    /// <summary>Removes a test's images, whatever the test has done to them: a protected one is refused (403) until it is freed.</summary>
    public async Task ClearAsync(string namePrefix, CancellationToken cancellationToken)
    {
        foreach (var image in await ListAsync(namePrefix, cancellationToken))
        {
            var id = (string)image["id"]!;
            if ((bool)image["protected"]!)
                await SetAsync(id, "protected", false, cancellationToken);
            await DeleteAsync(id, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var answer = await _http.SendAsync(request, cancellationToken);
        return answer.IsSuccessStatusCode
            ? answer
            : throw new HttpRequestException(
                $"Glance answers {(int)answer.StatusCode} to {method} {path}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    private static JsonObject InDefault() => new() { ["id"] = "default" };
}
