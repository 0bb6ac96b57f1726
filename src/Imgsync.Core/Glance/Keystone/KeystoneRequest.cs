using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Glance.Keystone;

/// <summary>Words the sign-in: who (identity) and for what (scope). Identity API v3, "Authentication and token management".</summary>
internal static class KeystoneRequest
{
    /// <exception cref="ConfigurationException">Something the method needs is missing, or two scopes are asked for at once.</exception>
    public static string Body(CloudOptions cloud)
    {
        var auth = cloud.Auth;
        var (method, identity) = Identify(cloud);
        var body = new JsonObject
        {
            ["identity"] = new JsonObject { ["methods"] = new JsonArray(method), [method] = identity },
        };

        // An application credential carries its project; Keystone refuses any scope beside it.
        if (method is not "application_credential")
            body["scope"] = Scope(cloud);
        return new JsonObject { ["auth"] = body }.ToJsonString();
    }

    /// <summary>The same in words for an error message, without anything secret.</summary>
    public static string Describe(KeystoneOptions auth)
    {
        var who = auth.Type switch
        {
            "v3applicationcredential" => $"application credential {auth.ApplicationCredentialId ?? auth.ApplicationCredentialName}",
            "v3token" or "token" => "the given token",
            _ => $"user {auth.Username ?? auth.UserId} of domain {auth.UserDomainName ?? auth.UserDomainId ?? "default"}",
        };
        return (auth.ProjectName ?? auth.ProjectId, auth.DomainName ?? auth.DomainId) switch
        {
            ({ } project, _) => $"{who} for project {project} of domain {auth.ProjectDomainName ?? auth.ProjectDomainId ?? "default"}",
            (_, { } domain) => $"{who} for domain {domain}",
            _ => who,
        };
    }

    private static (string Method, JsonObject Identity) Identify(CloudOptions cloud)
    {
        var auth = cloud.Auth;
        return auth.Type switch
        {
            "password" or "v3password" => ("password", new JsonObject
            {
                ["user"] = With(User(cloud), "password", Need(auth.Password?.Reveal(), cloud, "Password")),
            }),
            "v3applicationcredential" => ("application_credential", With(Credential(cloud), "secret",
                Need(auth.ApplicationCredentialSecret?.Reveal(), cloud, "ApplicationCredentialSecret"))),
            "v3token" or "token" => ("token", new JsonObject { ["id"] = Need(auth.Token?.Reveal(), cloud, "Token") }),
            var other => throw new ConfigurationException(
                $"Auth.Type of cloud '{cloud.Name}' is {other}; it must be password, v3password, v3applicationcredential or v3token."),
        };
    }

    private static JsonObject Credential(CloudOptions cloud) => cloud.Auth.ApplicationCredentialId is { Length: > 0 } id
        ? new JsonObject { ["id"] = id }
        : new JsonObject
        {
            ["name"] = Need(cloud.Auth.ApplicationCredentialName, cloud, "ApplicationCredentialId"),
            ["user"] = User(cloud),
        };

    private static JsonObject User(CloudOptions cloud) => cloud.Auth.UserId is { Length: > 0 } id
        ? new JsonObject { ["id"] = id }
        : Named(Need(cloud.Auth.Username, cloud, "Username"), cloud.Auth.UserDomainId, cloud.Auth.UserDomainName);

    private static JsonNode? Scope(CloudOptions cloud)
    {
        var auth = cloud.Auth;
        var scopes = new List<JsonObject>();
        if (Given(auth.TrustId))
            scopes.Add(new JsonObject { ["OS-TRUST:trust"] = new JsonObject { ["id"] = auth.TrustId } });
        if (Given(auth.SystemScope))
            scopes.Add(new JsonObject { ["system"] = new JsonObject { ["all"] = true } });
        if (Given(auth.ProjectId))
            scopes.Add(new JsonObject { ["project"] = new JsonObject { ["id"] = auth.ProjectId } });
        else if (Given(auth.ProjectName))
            scopes.Add(new JsonObject { ["project"] = Named(auth.ProjectName!, auth.ProjectDomainId, auth.ProjectDomainName) });
        if (Given(auth.DomainId) || Given(auth.DomainName))
            scopes.Add(new JsonObject { ["domain"] = Domain(auth.DomainId, auth.DomainName) });

        return scopes.Count > 1
            ? throw new ConfigurationException($"Auth of cloud '{cloud.Name}' names more than one of project, domain, system scope and trust; keep the one to sign in to.")
            : scopes.FirstOrDefault() ?? (JsonNode)"unscoped";
    }

    private static JsonObject Named(string name, string? domainId, string? domainName) =>
        new() { ["name"] = name, ["domain"] = Domain(domainId, domainName) };

    // Every Keystone is bootstrapped with a domain whose id is "default".
    private static JsonObject Domain(string? id, string? name) =>
        Given(id) || !Given(name) ? new JsonObject { ["id"] = Given(id) ? id : "default" } : new JsonObject { ["name"] = name };

    private static JsonObject With(JsonObject parent, string name, string value)
    {
        parent[name] = value;
        return parent;
    }

    private static string Need(string? value, CloudOptions cloud, string key) => Given(value)
        ? value!
        : throw new ConfigurationException($"Auth.{key} of cloud '{cloud.Name}' is not set, and signing in by {cloud.Auth.Type} needs it.");

    private static bool Given(string? value) => !string.IsNullOrEmpty(value);
}
