using System.ComponentModel;

namespace Imgsync.Core.Configuration;

/// <summary>Sign-in to Keystone v3, in the words of clouds.yaml's <c>auth</c> section.</summary>
public sealed record KeystoneOptions
{
    [Description("password, v3password, v3applicationcredential or v3token.")]
    public string Type { get; init; } = "password";

    [Description("Keystone's URL, with or without /v3.")]
    public Uri? AuthUrl { get; init; }

    public string? Username { get; init; }

    public string? UserId { get; init; }

    public Secret? Password { get; init; }

    public string? UserDomainName { get; init; }

    public string? UserDomainId { get; init; }

    public string? ProjectName { get; init; }

    public string? ProjectId { get; init; }

    public string? ProjectDomainName { get; init; }

    public string? ProjectDomainId { get; init; }

    public string? DomainName { get; init; }

    public string? DomainId { get; init; }

    [Description("all, for a system-scoped token.")]
    public string? SystemScope { get; init; }

    public string? TrustId { get; init; }

    public string? ApplicationCredentialId { get; init; }

    public string? ApplicationCredentialName { get; init; }

    public Secret? ApplicationCredentialSecret { get; init; }

    public Secret? Token { get; init; }
}
