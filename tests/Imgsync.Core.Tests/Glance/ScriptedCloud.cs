using System.Globalization;
using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Glance;

/// <summary>A scripted server that signs in like Keystone, and leaves it to the test what Glance says below <c>/image/v2</c>.</summary>
internal static class ScriptedCloud
{
    public const string Password = "scripted-password-17";

    public static CloudOptions Options(ScriptedServer server) => new()
    {
        Name = "scripted",
        Auth = new KeystoneOptions
        {
            AuthUrl = new Uri(server.Url, "v3"),
            Username = "syncer",
            Password = new Secret(Password),
            ProjectName = "images",
        },
        Timeout = TimeSpan.FromSeconds(20),
    };

    public static ScriptedServer SigningIn(
        this ScriptedServer server, TimeSpan? tokenLife = null, TimeProvider? time = null, string at = "/v3/auth/tokens")
    {
        var number = 0;
        return server.Always("POST", at, _ =>
            Answer.Json(Token(server, tokenLife ?? TimeSpan.FromHours(1), (time ?? TimeProvider.System).GetUtcNow()), 201)
                .With("X-Subject-Token", $"scripted-token-{Interlocked.Increment(ref number)}"));
    }

    public static string Image(string id, string status = "queued") => new JsonObject { ["id"] = id, ["status"] = status }.ToJsonString();

    private static string Token(ScriptedServer server, TimeSpan life, DateTimeOffset now) => new JsonObject
    {
        ["token"] = new JsonObject
        {
            ["issued_at"] = now.ToString("O", CultureInfo.InvariantCulture),
            ["expires_at"] = (now + life).ToString("O", CultureInfo.InvariantCulture),
            ["user"] = new JsonObject { ["id"] = "u1" },
            ["project"] = new JsonObject { ["id"] = "p1" },
            ["catalog"] = new JsonArray(new JsonObject
            {
                ["type"] = "image",
                ["endpoints"] = new JsonArray(
                    new JsonObject { ["interface"] = "public", ["region_id"] = "R", ["url"] = $"{server.Url}image" }),
            }),
        },
    }.ToJsonString();
}
