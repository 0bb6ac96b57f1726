using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Glance.Keystone;

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
        var token = await SignIn.ToAsync(Syncer, auth => auth with { Type = type });

        Assert.NotNull(token.ProjectId);
        Assert.Contains("publisher", token.Roles, StringComparer.Ordinal);
        Assert.Contains(token.Catalog.Endpoints, endpoint => endpoint.ServiceType is "image");
        Assert.Equal("***", token.Value.ToString());
    }

    [Fact]
    public async Task A_password_signs_in_by_ids_alone()
    {
        var named = await SignIn.ToAsync(Syncer, auth => auth);

        var token = await SignIn.ToAsync(Syncer, auth => auth with
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
        var token = await SignIn.ToAsync(Syncer, auth => auth with { UserDomainName = null, ProjectDomainName = null });

        Assert.NotNull(token.ProjectId);
    }

    [Fact]
    public async Task An_unscoped_token_has_no_project_and_its_missing_catalogue_is_explained()
    {
        using var connection = Connect.To(Syncer with { Auth = SignIn.Unscoped(Syncer.Auth) });

        var token = await connection.Keystone.GetTokenAsync(Cancellation);
        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Keystone.FindImageEndpointAsync(Cancellation));

        Assert.Null(token.ProjectId);
        Assert.Contains("set a project to sign in to", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_can_be_signed_in_to()
    {
        var token = await SignIn.ToAsync(Syncer, auth => SignIn.Unscoped(auth) with { DomainName = "Default" });

        Assert.Null(token.ProjectId);
        Assert.Contains("member", token.Roles, StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_system_can_be_signed_in_to()
    {
        var token = await SignIn.ToAsync(Syncer, auth => SignIn.Unscoped(auth) with { SystemScope = "all" });

        Assert.Null(token.ProjectId);
        Assert.Contains("member", token.Roles, StringComparer.Ordinal);
        Assert.NotEmpty(token.Catalog.Endpoints);
    }

    [Fact]
    public async Task A_trust_lends_the_trustors_project()
    {
        using var trustor = await KeystoneAdmin.SignInAsync(cloud, Cancellation, "syncer");
        var trustee = await SignIn.ToAsync(cloud.Cloud("user"), auth => auth);
        var trust = await trustor.PostAsync("OS-TRUST/trusts", "trust", new JsonObject
        {
            ["trustor_user_id"] = trustor.Token.UserId,
            ["trustee_user_id"] = trustee.UserId,
            ["project_id"] = trustor.Token.ProjectId,
            ["impersonation"] = false,
            ["roles"] = new JsonArray(new JsonObject { ["name"] = "member" }),
        }, Cancellation);

        var token = await SignIn.ToAsync(cloud.Cloud("user"), auth => SignIn.Unscoped(auth) with { TrustId = (string?)trust["id"] });

        Assert.Equal(trustor.Token.ProjectId, token.ProjectId);
    }

    [Fact]
    public async Task An_application_credential_signs_in_by_id_and_by_name()
    {
        var byId = await SignIn.ToAsync(cloud.Cloud("appcred"), auth => auth);
        var byName = await SignIn.ToAsync(cloud.Cloud("appcred"), auth => auth with
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
        var given = await SignIn.ToAsync(Syncer, auth => auth);

        var token = await SignIn.ToAsync(Syncer, auth => auth with { Type = "v3token", Token = given.Value, Password = null });

        Assert.Equal(given.ProjectId, token.ProjectId);
        Assert.InRange(token.ExpiresAt, given.ExpiresAt.AddSeconds(-5), given.ExpiresAt.AddSeconds(5));
    }

    [Fact]
    public async Task An_address_without_version_is_asked_for_the_right_one()
    {
        var token = await SignIn.ToAsync(Syncer, auth => auth with { AuthUrl = new Uri(auth.AuthUrl!, "/") });

        Assert.NotNull(token.ProjectId);
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
}
