using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>The settings of a scenario as a file, with a gate before each server and no time-out that could end a held request.</summary>
internal static class GatedSettings
{
    private const string Patience = "00:30:00";

    public static JsonObject Of(
        ImgsyncOptions options, RequestGate upstream, RequestGate keystone, RequestGate glance, RequestGate? blobs) => new()
        {
            ["catalog"] = options.Catalog,
            ["publishers"] = new JsonObject { ["debian"] = new Uri(upstream.Url, "debian/").AbsoluteUri },
            ["signatures"] =
            new JsonObject
            {
                ["keyrings"] = new JsonArray([.. options.Signatures.Keyrings.Select(file => (JsonNode)file)]),
                ["keyServer"] = ""
            },
            ["staging"] = Staging(options.Staging, blobs),
            ["publish"] = Publish(options.Publish),
            ["workflow"] = new JsonObject { ["attempts"] = 1 },
            ["upstream"] = new JsonObject { ["idleTimeout"] = Patience, ["retries"] = 0 },
            ["clouds"] = new JsonArray(Cloud(options.Clouds[0], keystone, glance)),
        };

    private static JsonObject Staging(StagingOptions staging, RequestGate? blobs) => blobs is null
        ? new() { ["folder"] = staging.Folder }
        : new() { ["connectionString"] = Through(blobs, staging.ConnectionString!.Reveal()), ["container"] = staging.Container };

    private static JsonObject Publish(PublishOptions publish)
    {
        var settings = new JsonObject { ["prefix"] = publish.Prefix, ["keep"] = publish.Keep };
        if (publish.LatestName is not null)
            settings["latestName"] = publish.LatestName;
        return settings;
    }

    private static JsonObject Cloud(CloudOptions cloud, RequestGate keystone, RequestGate glance) => new()
    {
        ["name"] = cloud.Name,
        ["region"] = cloud.Region,
        ["imageEndpoint"] = glance.Url.AbsoluteUri,
        ["timeout"] = Patience,
        ["auth"] = new JsonObject
        {
            ["authUrl"] = keystone.Url.AbsoluteUri,
            ["username"] = cloud.Auth.Username,
            ["password"] = cloud.Auth.Password!.Reveal(),
            ["userDomainName"] = cloud.Auth.UserDomainName,
            ["projectName"] = cloud.Auth.ProjectName,
            ["projectDomainName"] = cloud.Auth.ProjectDomainName,
        },
    };

    /// <summary>The same account behind a gate.</summary>
    public static string Through(RequestGate gate, string connectionString) => string.Join(';', connectionString.Split(';').Select(part =>
        part.StartsWith("BlobEndpoint=", StringComparison.Ordinal)
            ? $"BlobEndpoint={new Uri(gate.Url, new Uri(part["BlobEndpoint=".Length..]).AbsolutePath)}"
            : part));
}
