using System.Text.Json;

namespace Imgsync.Core.Glance.Keystone;

/// <summary>A signed-in session, as Keystone describes it beside the token itself.</summary>
public sealed record KeystoneToken
{
    public required Secret Value { get; init; }

    /// <summary>By our clock, however far Keystone's is off.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>From issue to expiry.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>How far the cloud's clock is ahead of ours.</summary>
    public TimeSpan ClockOffset { get; init; }

    public string? ProjectId { get; init; }

    public required string UserId { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    public required ServiceCatalog Catalog { get; init; }

    /// <summary>Reads the body of a sign-in (Identity API v3, "Password authentication with scoped authorization").</summary>
    internal static KeystoneToken Read(string value, JsonElement body, DateTimeOffset askedAt)
    {
        var token = body.GetProperty("token");
        var expires = token.GetProperty("expires_at").GetDateTimeOffset();

        // The lifetime is true even where the two clocks disagree; the point in time is not.
        var issued = token.OptionalTime("issued_at") ?? askedAt;
        var lifetime = expires - issued;
        return new KeystoneToken
        {
            Value = new Secret(value),
            ExpiresAt = askedAt + lifetime,
            Lifetime = lifetime,
            ClockOffset = issued - askedAt,
            ProjectId = token.TryGetProperty("project", out var project) ? project.Optional("id") : null,
            UserId = token.GetProperty("user").GetProperty("id").GetString() ?? "",
            Roles = [.. token.Items("roles").Select(role => role.Optional("name")).OfType<string>()],
            Catalog = ServiceCatalog.Read(token),
        };
    }
}
