using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Glance.Keystone;

/// <summary>Operators and catalogues write endpoints in many ways; what is asked for is always the same.</summary>
public sealed class EndpointTests
{
    private const string Versions =
        """{"versions":{"values":[{"id":"v2.0","status":"deprecated","links":[]},{"id":"v3.14","status":"stable","links":[{"rel":"self","href":"https://inside.example/identity/v3/"}]}]}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("identity/v3")]
    [InlineData("identity/v3/")]
    [InlineData("identity/v2.0")]
    [InlineData("identity")]
    [InlineData("identity/")]
    public async Task Keystone_is_found_below_a_path_with_and_without_its_version(string written)
    {
        await using var server = new ScriptedServer()
            .Always("GET", "/identity", Answer.Json(Versions, 300))
            .Always("GET", "/identity/", Answer.Json(Versions, 300));
        ScriptedCloud.SigningIn(server, at: "/identity/v3/auth/tokens");
        var options = ScriptedCloud.Options(server);
        using var connection = Connect.To(options with { Auth = options.Auth with { AuthUrl = new Uri(server.Url, written) } });

        Assert.Equal("p1", (await connection.Keystone.GetTokenAsync(Cancellation)).ProjectId);
    }

    /// <summary>The prefix is taken off before Keystone, which knows nothing of it; its own name is one that only its neighbours know.</summary>
    [Theory]
    [InlineData("identity", "http://keystone.internal:5000/v3/")]
    [InlineData("identity/", "http://keystone.internal:5000/v3/")]
    [InlineData("identity/", "/v3/")]
    [InlineData("openstack/identity", "https://localhost/v3")]
    [InlineData("openstack/identity/", "http://10.0.0.1:35357/keystone/v3/")]
    public async Task The_prefix_of_auth_url_is_kept_where_the_version_document_knows_nothing_of_it(string written, string link)
    {
        var document = Versions.Replace("https://inside.example/identity/v3/", link, StringComparison.Ordinal);
        var prefix = "/" + written.TrimEnd('/');
        await using var server = new ScriptedServer()
            .On("GET", "/" + written, Answer.Json(document, 300))
            .On("GET", $"{prefix}/v3/", Answer.Json("""{"version":{"id":"v3.14","status":"stable"}}"""));
        ScriptedCloud.SigningIn(server, at: $"{prefix}/v3/auth/tokens");
        var options = ScriptedCloud.Options(server);
        using var connection = Connect.To(options with { Auth = options.Auth with { AuthUrl = new Uri(server.Url, written) } });

        Assert.Equal("p1", (await connection.Keystone.GetTokenAsync(Cancellation)).ProjectId);
    }

    [Theory]
    [InlineData(404, "")]
    [InlineData(200, "<html>Welcome</html>")]
    public async Task The_path_of_the_version_document_is_taken_where_there_is_no_Keystone_below_auth_url(int status, string page)
    {
        await using var server = new ScriptedServer()
            .On("GET", "/", Answer.Json(Versions, 300))
            .On("GET", "/v3/", Answer.Of(status, page));
        ScriptedCloud.SigningIn(server, at: "/identity/v3/auth/tokens");
        var options = ScriptedCloud.Options(server);
        using var connection = Connect.To(options with { Auth = options.Auth with { AuthUrl = server.Url } });

        Assert.Equal("p1", (await connection.Keystone.GetTokenAsync(Cancellation)).ProjectId);
    }

    [Theory]
    [InlineData("image", "/image/v2/images/1")]
    [InlineData("image/", "/image/v2/images/1")]
    [InlineData("image/v2", "/image/v2/images/1")]
    [InlineData("image/v2/", "/image/v2/images/1")]
    [InlineData("image/v1", "/image/v2/images/1")]
    [InlineData("", "/v2/images/1")]
    [InlineData("v2.15", "/v2/images/1")]
    public async Task Glance_is_found_below_a_path_with_and_without_its_version(string written, string asked)
    {
        await using var server = new ScriptedServer().SigningIn().On("GET", asked, Answer.Json(ScriptedCloud.Image("1")));
        using var connection = Connect.To(ScriptedCloud.Options(server) with { ImageEndpoint = new Uri(server.Url, written) });

        Assert.Equal("1", (await connection.Glance.ShowAsync("1", Cancellation))!.Id);
    }
}
