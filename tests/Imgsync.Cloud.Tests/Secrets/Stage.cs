using System.Globalization;
using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;
using Imgsync.Testing.Http;

namespace Imgsync.Cloud.Tests.Secrets;

/// <summary>The servers that a provocation needs, for as long as its test runs.</summary>
/// <param name="ConnectionString">Of the real emulator.</param>
internal sealed record Stage(Uri Glance, string ConnectionString) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _kept = [];

    public T Keep<T>(T server)
        where T : IAsyncDisposable
    {
        _kept.Add(server);
        return server;
    }

    public ScriptedServer Server() => Keep(new ScriptedServer());

    /// <summary>Redirects whatever is asked of it to a signed URL, which answers like this.</summary>
    public ScriptedServer Signed(Answer answer)
    {
        var target = Server().Always("GET", "/signed", answer);
        var server = Server();
        foreach (var path in (string[])["/debian/bookworm/latest/debian-12-genericcloud-amd64.json", "/debian/bookworm/latest/SHA512SUMS",
            "/bookworm/20240717-1811/debian-12-genericcloud-amd64-20240717-1811.qcow2"])
            server.Always("GET", path, Answer.Redirect($"{target.Url}signed?sv=2022-11-02&sig={Provocation.Mark}query"));
        return server;
    }

    /// <summary>A Keystone that hands out this token and says that it is itself the image service, too.</summary>
    public ScriptedServer SigningIn(string token)
    {
        var server = Server();
        var now = DateTimeOffset.UtcNow;
        var body = new JsonObject
        {
            ["token"] = new JsonObject
            {
                ["issued_at"] = now.ToString("O", CultureInfo.InvariantCulture),
                ["expires_at"] = now.AddHours(1).ToString("O", CultureInfo.InvariantCulture),
                ["user"] = new JsonObject { ["id"] = "u1" },
                ["project"] = new JsonObject { ["id"] = "p1" },
                ["catalog"] = new JsonArray(new JsonObject
                {
                    ["type"] = "image",
                    ["endpoints"] = new JsonArray(
                        new JsonObject { ["interface"] = "public", ["region_id"] = "RegionOne", ["url"] = $"{server.Url}image" }),
                }),
            },
        };
        return server.Always("POST", "/v3/auth/tokens", Answer.Json(body.ToJsonString(), 201).With("X-Subject-Token", token));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _kept)
            await server.DisposeAsync();
    }
}

internal static class StageOptions
{
    public static ImgsyncOptions ReadDebianFrom(this ImgsyncOptions options, ScriptedServer server) => options with
    {
        Publishers = new Dictionary<string, Uri>(options.Publishers, StringComparer.Ordinal) { ["debian"] = new(server.Url, "debian/") },
    };
}
