using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;
using Imgsync.Testing;
using Imgsync.Testing.Upstream;

namespace Imgsync.Workbench.Soak;

/// <summary>The settings of a soak, as options for runs in this process and as the same in a file for those that are killed.</summary>
internal static class SoakSettings
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static ImgsyncOptions Write(string folder, UpstreamTree tree, CloudOptions project, SoakWorld world)
    {
        var (catalog, key) = (Path.Combine(folder, "catalog.json"), Path.Combine(folder, "key.asc"));
        File.WriteAllText(catalog, tree.CatalogJson());
        File.WriteAllText(key, tree.Key.ArmouredPublicKey);
        var options = new ImgsyncOptions
        {
            Catalog = catalog,
            Distributions = ["debian12", "ubuntu24"],
            Publishers = new Dictionary<string, Uri>(StringComparer.Ordinal)
            {
                ["debian"] = new(world.Upstream.Url, "debian/"),
                ["ubuntu"] = new(world.Upstream.Url, "ubuntu/"),
            },
            Publish = new PublishOptions { Prefix = DevCloud.UniquePrefix(), Keep = SoakWorld.Keep },
            Staging = new StagingOptions { Folder = world.Staging },
            Signatures = new SignatureOptions { Keyrings = [key], KeyServer = null },
            Workflow = new WorkflowOptions { Attempts = 1 },
            Upstream = new UpstreamOptions { IdleTimeout = Patience, Retries = 0 },
            Clouds =
            [
                project with
                {
                    ImageEndpoint = world.Glance.Url,
                    Timeout = Patience * 5,
                    ActivationTimeout = Patience, // a Glance that was killed leaves an image that is being saved for ever
                    Auth = project.Auth with { AuthUrl = world.Keystone.Url },
                },
            ],
        };
        File.WriteAllText(Path.Combine(folder, "imgsync.json"), Json(options).ToJsonString());
        return options;
    }

    private static JsonObject Json(ImgsyncOptions options) => new()
    {
        ["catalog"] = options.Catalog,
        ["distributions"] = new JsonArray([.. options.Distributions.Select(key => (JsonNode)key)]),
        ["publishers"] = new JsonObject(
            options.Publishers.Select(publisher => KeyValuePair.Create(publisher.Key, (JsonNode?)publisher.Value.AbsoluteUri))),
        ["publish"] = new JsonObject { ["prefix"] = options.Publish.Prefix, ["keep"] = options.Publish.Keep },
        ["staging"] = new JsonObject { ["folder"] = options.Staging.Folder },
        ["signatures"] = new JsonObject { ["keyrings"] = new JsonArray(options.Signatures.Keyrings[0]), ["keyServer"] = "" },
        ["workflow"] = new JsonObject { ["attempts"] = 1 },
        ["clouds"] = new JsonArray(Cloud(options.Clouds[0])),
    };

    private static JsonObject Cloud(CloudOptions cloud) => new()
    {
        ["name"] = cloud.Name,
        ["imageEndpoint"] = cloud.ImageEndpoint!.AbsoluteUri,
        ["activationTimeout"] = $"{cloud.ActivationTimeout.TotalSeconds} s",
        ["auth"] = new JsonObject
        {
            ["authUrl"] = cloud.Auth.AuthUrl!.AbsoluteUri,
            ["username"] = cloud.Auth.Username,
            ["password"] = cloud.Auth.Password!.Reveal(),
            ["userDomainName"] = cloud.Auth.UserDomainName,
            ["projectName"] = cloud.Auth.ProjectName,
            ["projectDomainName"] = cloud.Auth.ProjectDomainName,
        },
    };
}
