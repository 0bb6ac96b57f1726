using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Glance;

/// <summary>Signs in to the real Keystone, method by method and scope by scope.</summary>
public sealed class KeystoneSessionTests(DevCloud cloud) : IClassFixture<DevCloud>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private CloudOptions Syncer => cloud.Cloud();

    [Theory]
    [InlineData("password")]
    [InlineData("v3password")]
    public async Task A_password_signs_in_to_a_project_by_its_name(string type)
    {
        var token = await SignInAsync(Syncer, auth => auth with { Type = type });

        Assert.NotNull(token.ProjectId);
        Assert.Contains("publisher", token.Roles, StringComparer.Ordinal);
        Assert.Contains(token.Catalog.Endpoints, endpoint => endpoint.ServiceType is "image");
        Assert.Equal("***", token.Value.ToString());
    }

    [Fact]
    public async Task A_password_signs_in_by_ids_alone()
    {
        var named = await SignInAsync(Syncer, auth => auth);

        var token = await SignInAsync(Syncer, auth => auth with
        {
            Username = null,
            UserDomainName = null,
            UserId = named.UserId,
            ProjectName = null,
            ProjectDomainName = null,
            ProjectId = named.ProjectId,
        });

        Assert.Equal((named.UserId, named.ProjectId), (token.UserId, token.ProjectId));
    }

    [Fact]
    public async Task Without_a_domain_the_default_one_is_meant()
    {
        var token = await SignInAsync(Syncer, auth => auth with { UserDomainName = null, ProjectDomainName = null });

        Assert.NotNull(token.ProjectId);
    }

    [Fact]
    public async Task An_unscoped_token_has_no_project_and_its_missing_catalogue_is_explained()
    {
        using var connection = Connect.To(Syncer with { Auth = Unscoped(Syncer.Auth) });

        var token = await connection.Keystone.GetTokenAsync(Cancellation);
        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Keystone.FindImageEndpointAsync(Cancellation));

        Assert.Null(token.ProjectId);
        Assert.Contains("set a project to sign in to", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_can_be_signed_in_to()
    {
        var token = await SignInAsync(Syncer, auth => Unscoped(auth) with { DomainName = "Default" });

        Assert.Null(token.ProjectId);
        Assert.Contains("member", token.Roles, StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_system_can_be_signed_in_to()
    {
        var token = await SignInAsync(Syncer, auth => Unscoped(auth) with { SystemScope = "all" });

        Assert.Null(token.ProjectId);
        Assert.Contains("member", token.Roles, StringComparer.Ordinal);
        Assert.NotEmpty(token.Catalog.Endpoints);
    }

    [Fact]
    public async Task A_trust_lends_the_trustors_project()
    {
        using var trustor = await KeystoneAdmin.SignInAsync(cloud, Cancellation, "syncer");
        var trustee = await SignInAsync(cloud.Cloud("user"), auth => auth);
        var trust = await trustor.PostAsync("OS-TRUST/trusts", "trust", new JsonObject
        {
            ["trustor_user_id"] = trustor.Token.UserId,
            ["trustee_user_id"] = trustee.UserId,
            ["project_id"] = trustor.Token.ProjectId,
            ["impersonation"] = false,
            ["roles"] = new JsonArray(new JsonObject { ["name"] = "member" }),
        }, Cancellation);

        var token = await SignInAsync(cloud.Cloud("user"), auth => Unscoped(auth) with { TrustId = (string?)trust["id"] });

        Assert.Equal(trustor.Token.ProjectId, token.ProjectId);
    }

    [Fact]
    public async Task An_application_credential_signs_in_by_id_and_by_name()
    {
        var byId = await SignInAsync(cloud.Cloud("appcred"), auth => auth);
        var byName = await SignInAsync(cloud.Cloud("appcred"), auth => auth with
        {
            ApplicationCredentialId = null,
            ApplicationCredentialName = "devcloud",
            Username = "syncer",
            UserDomainName = "Default",
        });

        Assert.NotNull(byId.ProjectId);
        Assert.Equal((byId.UserId, byId.ProjectId), (byName.UserId, byName.ProjectId));
    }

    [Fact]
    public async Task A_token_signs_in_again_without_outliving_itself()
    {
        var given = await SignInAsync(Syncer, auth => auth);

        var token = await SignInAsync(Syncer, auth => auth with { Type = "v3token", Token = given.Value, Password = null });

        Assert.Equal(given.ProjectId, token.ProjectId);
        Assert.InRange(token.ExpiresAt, given.ExpiresAt.AddSeconds(-5), given.ExpiresAt.AddSeconds(5));
    }

    [Fact]
    public async Task An_address_without_version_is_asked_for_the_right_one()
    {
        var token = await SignInAsync(Syncer, auth => auth with { AuthUrl = new Uri(auth.AuthUrl!, "/") });

        Assert.NotNull(token.ProjectId);
    }

    [Theory]
    [InlineData("disabled", null, "user disabled of domain Default for project tenant of domain Default")]
    [InlineData("syncer", "wrong-password-17", "check the user's name, domain and password")]
    public async Task A_refused_user_is_told_who_was_refused_and_what_to_check(string user, string? password, string expected)
    {
        var refusal = await RefusedAsync(cloud.Cloud(user), auth => password is null ? auth : auth with { Password = new Secret(password) });

        Assert.Contains("401", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_that_is_not_the_users_is_refused()
    {
        var refusal = await RefusedAsync(Syncer, auth => auth with { ProjectName = "no such project" });

        Assert.Contains("for project no such project", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_application_credential_is_refused()
    {
        var refusal = await RefusedAsync(cloud.Cloud("appcred"), auth => auth with { ApplicationCredentialSecret = new Secret("wrong-secret-17") });

        Assert.Contains("check the credential's id and secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_factor_is_refused_with_the_way_out()
    {
        var password = new Secret("factor-one-17");
        using var admin = await KeystoneAdmin.SignInAsync(cloud, Cancellation);
        var name = DevCloud.UniquePrefix() + "two factors";
        await admin.AddUserAsync(name, password, new JsonObject
        {
            ["multi_factor_auth_enabled"] = true,
            // Keystone overlooks rules with methods that are switched off, as totp is here.
            ["multi_factor_auth_rules"] = new JsonArray(new JsonArray("password", "oauth1")),
        }, Cancellation);

        var refusal = await RefusedAsync(Syncer, auth => Unscoped(auth) with { Username = name, Password = password });

        Assert.Contains("use an application credential", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RegionOne", "public")]
    [InlineData("RegionOne", "internalURL")]
    [InlineData(null, "admin")]
    public async Task The_catalogue_knows_the_image_endpoint(string? region, string face)
    {
        using var connection = Connect.To(Syncer with { Region = region, Interface = face });

        Assert.Equal(new Uri(cloud.GlanceUrl, "v2/"), await connection.Keystone.FindImageEndpointAsync(Cancellation));
    }

    [Fact]
    public async Task A_region_without_images_is_refused_naming_those_with()
    {
        using var connection = Connect.To(Syncer with { Region = "Atlantis" });

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Keystone.FindImageEndpointAsync(Cancellation));

        Assert.Contains("no public endpoint in region Atlantis, but public in RegionOne", refusal.Message, StringComparison.Ordinal);
    }

    private static KeystoneOptions Unscoped(KeystoneOptions auth) => auth with { ProjectName = null, ProjectDomainName = null };

    private static async Task<KeystoneToken> SignInAsync(CloudOptions options, Func<KeystoneOptions, KeystoneOptions> change)
    {
        using var connection = Connect.To(options with { Auth = change(options.Auth) });
        return await connection.Keystone.GetTokenAsync(Cancellation);
    }

    /// <summary>Also sees to it that no refusal gives a secret away, in its message or on the way.</summary>
    private static async Task<CloudRefusedException> RefusedAsync(CloudOptions options, Func<KeystoneOptions, KeystoneOptions> change)
    {
        var auth = change(options.Auth);
        var log = new CapturedLog();
        using var connection = Connect.To(options with { Auth = auth }, log);

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Keystone.GetTokenAsync(Cancellation));

        var secret = (auth.Password ?? auth.ApplicationCredentialSecret)!.Reveal();
        Assert.All(log.Lines.Append(refusal.ToString()), line => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
        return refusal;
    }
}
