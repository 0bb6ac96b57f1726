using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Glance.Keystone;

/// <summary>Projects by their names: in the real Keystone, and in one that answers as it never should.</summary>
public sealed class KeystoneProjectsTests(DevCloud cloud) : IClassFixture<DevCloud>
{
    private static readonly ProjectName Web = new("web", "customers");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_project_is_found_in_its_domain_by_the_domains_name_or_id()
    {
        using var admin = await KeystoneAdmin.SignInAsync(cloud, Cancellation);
        var name = $"customers of {DevCloud.UniquePrefix()}& others";
        var domain = (string)(await admin.PostAsync("domains", "domain", new JsonObject { ["name"] = name }, Cancellation))["id"]!;
        var project = (string)(await admin.PostAsync(
            "projects", "project", new JsonObject { ["name"] = "tenant", ["domain_id"] = domain }, Cancellation))["id"]!;
        using var connection = Connect.To(cloud.Cloud("admin"));

        async Task<string> FindAsync(string domainNameOrId)
        {
            var found = await connection.Projects.FindDomainAsync(domainNameOrId, Cancellation);
            return await connection.Projects.FindAsync(new ProjectName("tenant", domainNameOrId), found, Cancellation);
        }

        Assert.Equal([project, project], [await FindAsync(name), await FindAsync(domain)]);
        Assert.NotEqual(project, await FindAsync("Default"));
    }

    [Fact]
    public async Task A_name_that_is_nowhere_is_refused_with_what_to_do()
    {
        using var connection = Connect.To(cloud.Cloud("admin"));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() =>
            connection.Projects.FindAsync(new ProjectName("nowhere", "Default"), "default", Cancellation));

        Assert.Equal(
            "Cannot look up the project nowhere@Default, named in publish.members, on cloud 'devcloud': there is no project of that name "
                + "in such a domain; correct the name, or give the project's id instead.", refusal.Message);
    }

    [Fact]
    public async Task An_ordinary_user_is_told_to_give_the_id()
    {
        using var connection = Connect.To(cloud.Cloud());
        var domain = await connection.Projects.FindDomainAsync("Default", Cancellation);

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() =>
            connection.Projects.FindAsync(new ProjectName("tenant", "Default"), domain, Cancellation));

        Assert.Equal("Default", domain);
        Assert.Equal(
            "Cannot look up the project tenant@Default, named in publish.members, on cloud 'devcloud': it answered 403 FORBIDDEN \"You are "
                + "not authorized to perform the requested action: identity:list_projects\"; give the project's id instead of its name, or "
                + "the user a role that may list projects.", refusal.Message);
    }

    [Theory]
    [InlineData("""{"id":"1","name":"web","domain_id":"d"},{"id":"2","name":"Web","domain_id":"d"}""", "2 projects have that name")]
    [InlineData("""{"id":"1","name":"other","domain_id":"d"},{"id":"2","name":"web","domain_id":"e"}""", "there is no project of that name")]
    public async Task A_server_that_answers_more_than_it_was_asked_is_not_guessed_at(string projects, string expected)
    {
        await using var server = new ScriptedServer().SigningIn()
            .On("GET", "/v3/projects?name=web&domain_id=d", Answer.Json($$"""{"projects":[{{projects}}]}"""));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Projects.FindAsync(Web, "d", Cancellation));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_refused_is_renewed_once()
    {
        await using var server = new ScriptedServer().SigningIn()
            .On(
                "GET", "/v3/domains?name=customers",
                Answer.Json("{}", 401), Answer.Json("""{"domains":[{"id":"d","name":"Customers"}]}"""));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        Assert.Equal("d", await connection.Projects.FindDomainAsync("customers", Cancellation));
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("""{"projects":[{"name":"web"}]}""")]
    [InlineData("""{"projects":{}}""")]
    public async Task A_page_that_is_no_list_is_named_as_such(string body)
    {
        await using var server = new ScriptedServer().SigningIn().On("GET", "/v3/projects", Answer.Ok(body));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => connection.Projects.FindAsync(Web, "d", Cancellation));

        Assert.Contains("is not what OpenStack's API says", refusal.Message, StringComparison.Ordinal);
    }
}
