using System.Globalization;
using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Glance.Keystone;

/// <summary>Whom the real Keystone does not let in, and whom it lets in to nothing.</summary>
public sealed class KeystoneRefusalTests(DevCloud cloud) : IClassFixture<DevCloud>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private CloudOptions Syncer => cloud.Cloud();

    [Theory]
    [InlineData("disabled", null, "user disabled of domain Default for project tenant of domain Default")]
    [InlineData("syncer", "wrong-password-17", "check the user's name, domain and password")]
    public async Task A_refused_user_is_told_who_was_refused_and_what_to_check(string user, string? password, string expected)
    {
        var refusal = await RefusedAsync(
            cloud.Cloud(user), auth => password is null ? auth : auth with { Password = new Secret(password) });

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
        var refusal = await RefusedAsync(
            cloud.Cloud("appcred"), auth => auth with { ApplicationCredentialSecret = new Secret("wrong-secret-17") });

        Assert.Contains("check the credential's id and secret", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0123")]
    [InlineData("21dced0fd20347869b93710d2b98aae0")]
    public async Task An_application_credential_that_is_gone_is_told_without_a_project(string id)
    {
        var refusal = await RefusedAsync(cloud.Cloud("appcred"), auth => auth with { ApplicationCredentialId = id, ProjectName = "left over" });

        Assert.Contains($"sign in application credential {id} on cloud", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("404", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("check its id: it, or its user, was deleted, or it belongs to another cloud", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_application_credential_is_refused_with_what_to_check()
    {
        using var syncer = await KeystoneAdmin.SignInAsync(cloud, Cancellation, "syncer");
        var credential = await syncer.PostAsync(
            $"users/{syncer.Token.UserId}/application_credentials", "application_credential", new JsonObject
            {
                ["name"] = DevCloud.UniquePrefix(),
                ["expires_at"] = DateTime.UtcNow.AddSeconds(3).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
            }, Cancellation);
        var options = cloud.Cloud("appcred");
        var auth = options.Auth with
        {
            ApplicationCredentialId = (string?)credential["id"],
            ApplicationCredentialSecret = new Secret((string)credential["secret"]!),
        };
        while (DateTime.UtcNow < ((DateTime)credential["expires_at"]!).ToUniversalTime())
            await Task.Delay(100, Cancellation);

        var refusal = await RefusedAsync(options, _ => auth);

        Assert.Contains("401", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("that it has not expired", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_has_been_revoked_is_refused_with_the_way_out()
    {
        var given = await SignIn.ToAsync(Syncer, auth => auth);
        using (var syncer = await KeystoneAdmin.SignInAsync(cloud, Cancellation, "syncer"))
            await syncer.RevokeAsync(given, Cancellation);

        var refusal = await RefusedAsync(Syncer, auth => auth with { Type = "v3token", Token = given.Value });

        Assert.Contains("so get a new one", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Keystone filters the catalogue by project: what a project is given of it is all that the project has.</summary>
    [Fact]
    public async Task A_project_without_the_image_service_is_told_so()
    {
        var options = await DevCloudProject.CreateAsync(cloud, Cancellation);
        var project = (await SignIn.ToAsync(options, auth => auth)).ProjectId;
        using var admin = await KeystoneAdmin.SignInAsync(cloud, Cancellation);
        var services = await admin.GetAsync("services?type=identity", Cancellation);
        var identity = await admin.GetAsync($"endpoints?service_id={services["services"]![0]!["id"]}", Cancellation);
        foreach (var endpoint in identity["endpoints"]!.AsArray())
            await admin.PutAsync($"OS-EP-FILTER/projects/{project}/endpoints/{endpoint!["id"]}", Cancellation);
        using var connection = Connect.To(options);

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Glance.ShowAsync("1", Cancellation));

        Assert.Contains(
            "no image service at all; sign in to a project that has one, or set ImageEndpoint", refusal.Message, StringComparison.Ordinal);
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

        var refusal = await RefusedAsync(Syncer, auth => SignIn.Unscoped(auth) with { Username = name, Password = password });

        Assert.Contains("use an application credential", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_region_without_images_is_refused_naming_those_with()
    {
        using var connection = Connect.To(Syncer with { Region = "Atlantis" });

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Keystone.FindImageEndpointAsync(Cancellation));

        Assert.Contains("no public endpoint in region Atlantis, but public in RegionOne", refusal.Message, StringComparison.Ordinal);
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
