using System.ComponentModel;

namespace Imgsync.Core.Configuration;

/// <summary>Sign-in to Keystone v3, in the words of clouds.yaml's <c>auth</c> section.</summary>
public sealed record KeystoneOptions
{
    [Description("password, v3password, v3applicationcredential or v3token.")]
    public string Type { get; init; } = "password";

    [Description("Keystone's URL, with or without /v3.")]
    public Uri? AuthUrl { get; init; }

    [Description("The user, by name.")]
    public string? Username { get; init; }

    [Description("The user, by id.")]
    public string? UserId { get; init; }

    [Description("The user's password.")]
    public Secret? Password { get; init; }

    [Description("The domain the user belongs to, by name.")]
    public string? UserDomainName { get; init; }

    [Description("The domain the user belongs to, by id; default where none is named.")]
    public string? UserDomainId { get; init; }

    [Description("The project that owns the images, by name.")]
    public string? ProjectName { get; init; }

    [Description("The project that owns the images, by id.")]
    public string? ProjectId { get; init; }

    [Description("The domain the project belongs to, by name.")]
    public string? ProjectDomainName { get; init; }

    [Description("The domain the project belongs to, by id; default where none is named.")]
    public string? ProjectDomainId { get; init; }

    [Description("The domain to act on, by name, for a domain-scoped token.")]
    public string? DomainName { get; init; }

    [Description("The domain to act on, by id, for a domain-scoped token.")]
    public string? DomainId { get; init; }

    [Description("all, for a system-scoped token.")]
    public string? SystemScope { get; init; }

    [Description("A trust another user gave this one; its project is then the scope.")]
    public string? TrustId { get; init; }

    [Description("The application credential, by id.")]
    public string? ApplicationCredentialId { get; init; }

    [Description("The application credential, by name; its user must then be named too.")]
    public string? ApplicationCredentialName { get; init; }

    [Description("The application credential's secret.")]
    public Secret? ApplicationCredentialSecret { get; init; }

    [Description("A token to sign in with.")]
    public Secret? Token { get; init; }
}
