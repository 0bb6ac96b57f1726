using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Glance.Keystone;

/// <summary>Words the sign-in: who (identity) and for what (scope). Identity API v3, "Authentication and token management".</summary>
internal static class KeystoneRequest
{
    /// <param name="auth">Has been checked: it names all that its type needs, and one scope.</param>
    public static string Body(KeystoneOptions auth)
    {
        var (method, identity) = auth.Type switch
        {
            "v3applicationcredential" => ("application_credential", Credential(auth)),
            "v3token" => ("token", new JsonObject { ["id"] = auth.Token?.Reveal() }),
            _ => ("password", new JsonObject { ["user"] = With(User(auth), "password", auth.Password) }),
        };
        var body = new JsonObject
        {
            ["identity"] = new JsonObject { ["methods"] = new JsonArray(method), [method] = identity },
        };

        // An application credential carries its project; Keystone refuses any scope beside it.
        if (method is not "application_credential")
            body["scope"] = Scope(auth);
        return new JsonObject { ["auth"] = body }.ToJsonString();
    }

    /// <summary>The same in words for an error message, without anything secret.</summary>
    public static string Describe(KeystoneOptions auth)
    {
        var who = auth.Type switch
        {
            "v3applicationcredential" => $"application credential {auth.ApplicationCredentialId ?? auth.ApplicationCredentialName}",
            "v3token" => "the given token",
            _ => $"user {auth.Username ?? auth.UserId} of domain {auth.UserDomainName ?? auth.UserDomainId ?? "default"}",
        };

        // An application credential brings its own project.
        if (auth.Type is "v3applicationcredential")
            return who;
        return (auth.ProjectName ?? auth.ProjectId, auth.DomainName ?? auth.DomainId) switch
        {
            ({ } project, _) => $"{who} for project {project} of domain {auth.ProjectDomainName ?? auth.ProjectDomainId ?? "default"}",
            (_, { } domain) => $"{who} for domain {domain}",
            _ => who,
        };
    }

    private static JsonObject Credential(KeystoneOptions auth) => With(
        auth.ApplicationCredentialId is { } id
            ? new JsonObject { ["id"] = id }
            : new JsonObject { ["name"] = auth.ApplicationCredentialName, ["user"] = User(auth) },
        "secret",
        auth.ApplicationCredentialSecret);

    private static JsonObject User(KeystoneOptions auth) =>
        auth.UserId is { } id ? new JsonObject { ["id"] = id } : Named(auth.Username, auth.UserDomainId, auth.UserDomainName);

    private static JsonNode Scope(KeystoneOptions auth) => auth switch
    {
        { TrustId: { } trust } => new JsonObject { ["OS-TRUST:trust"] = new JsonObject { ["id"] = trust } },
        { ProjectId: { } project } => new JsonObject { ["project"] = new JsonObject { ["id"] = project } },
        { ProjectName: { } project } => new JsonObject { ["project"] = Named(project, auth.ProjectDomainId, auth.ProjectDomainName) },
        { DomainId: not null } or { DomainName: not null } => new JsonObject { ["domain"] = Domain(auth.DomainId, auth.DomainName) },
        { SystemScope: not null } => new JsonObject { ["system"] = new JsonObject { ["all"] = true } },
        _ => "unscoped",
    };

    private static JsonObject Named(string? name, string? domainId, string? domainName) =>
        new() { ["name"] = name, ["domain"] = Domain(domainId, domainName) };

    // Every Keystone is bootstrapped with a domain whose id is "default".
    private static JsonObject Domain(string? id, string? name) =>
        id is null && name is not null ? new JsonObject { ["name"] = name } : new JsonObject { ["id"] = id ?? "default" };

    private static JsonObject With(JsonObject parent, string name, Secret? value)
    {
        parent[name] = value?.Reveal();
        return parent;
    }
}
