using System.Net;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Client;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Upstream.Client;

public sealed class RedirectTests
{
    private static readonly IPAddress Publisher = IPAddress.Loopback;
    private static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.0.2");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Is_followed_to_a_mirror(int status)
    {
        await using var mirror = new ScriptedServer(address: Elsewhere).On("GET", "/m/list", Answer.Ok("content"));
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Redirect($"{mirror.Url}m/list", status));
        using var client = UpstreamFixture.Client(isPrivate: _ => false);

        Assert.Equal("content"u8.ToArray(), await client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));
    }

    [Fact]
    public async Task Is_followed_to_a_relative_place()
    {
        await using var server = new ScriptedServer().On(
            "GET", "/a/list", Answer.Redirect("../b/list")).On("GET", "/b/list", Answer.Ok("content"));
        using var client = UpstreamFixture.Client();

        Assert.Equal("content"u8.ToArray(), await client.ReadAsync(new Uri(server.Url, "a/list"), 7, Cancelled));
    }

    [Fact]
    [Shows("is-followed-ten-times-and-not-once-more")]
    public async Task Is_followed_ten_times_and_not_once_more()
    {
        await using var server = new ScriptedServer().Always("GET", "/loop", Answer.Redirect("/loop"));
        using var client = UpstreamFixture.Client();

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "loop"), 7, Cancelled));

        Assert.Contains("redirects more than 10 times", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(11, server.Requests.Count);
    }

    [Fact]
    public async Task To_a_private_address_is_refused_before_anything_is_sent_there()
    {
        await using var inside = new ScriptedServer(address: Elsewhere);
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Redirect($"{inside.Url}secret"));
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { Retries = 3 }, isPrivate: Elsewhere.Equals);

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Contains("an address of a private network", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(inside.Requests);
    }

    [Fact]
    [Shows("to-a-name-is-judged-by-the-address-it-resolves-to")]
    public async Task To_a_name_is_judged_by_the_address_it_resolves_to()
    {
        await using var inside = new ScriptedServer(address: Publisher);
        await using var server = new ScriptedServer(address: Elsewhere).On(
            "GET", "/list", Answer.Redirect($"http://localhost:{inside.Url.Port}/secret"));
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { Retries = 3 }, isPrivate: address => IsLocalhost(address));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Contains("redirects to localhost", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(inside.Requests);
    }

    [Fact]
    public async Task To_a_private_address_is_followed_where_the_base_url_is_private_itself()
    {
        await using var mirror = new ScriptedServer(address: Elsewhere).On("GET", "/list", Answer.Ok("content"));
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Redirect($"{mirror.Url}list"));
        using var client = UpstreamFixture.Client();

        Assert.Equal("content"u8.ToArray(), await client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));
    }

    [Fact]
    public async Task To_the_same_private_place_again_is_refused_over_the_same_client_too()
    {
        await using var inside = new ScriptedServer(address: Elsewhere).On("GET", "/list", Answer.Ok("content"));
        await using var server = new ScriptedServer().Always("GET", "/list", Answer.Redirect($"{inside.Url}list"));
        using var client = UpstreamFixture.Client(isPrivate: Elsewhere.Equals);
        await client.ReadAsync(new Uri(inside.Url, "list"), 7, Cancelled);

        await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));
    }

    [Theory]
    [Shows("is-refused-where-it-must-not-lead")]
    [InlineData("https://a.example/x", "http://a.example/x", "redirects away from https")]
    [InlineData("https://a.example/x", "ftp://a.example/x", "redirects to the scheme ftp")]
    [InlineData("https://a.example/x", "file:///etc/passwd", "redirects to the scheme file")]
    [InlineData("http://a.example/x", "gopher://a.example/x", "redirects to the scheme gopher")]
    [InlineData("https://a.example/x", "https://user:hunter2@b.example/x", "with a user name")]
    [InlineData("https://a.example/x", null, "without a location")]
    public void Is_refused_where_it_must_not_lead(string start, string? location, string expected)
    {
        var refusal = Assert.Throws<UpstreamException>(
            () => RedirectRules.Follow(new Uri(start), new Uri(start), location is null ? null : new Uri(location)));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_followed_from_https_to_http_where_the_base_url_is_http_itself() =>
        Assert.Equal(
            "http://c.example/x", RedirectRules.Follow(
                new("http://a.example/x"), new("https://b.example/x"), new("http://c.example/x")).AbsoluteUri);

    [Fact]
    public async Task A_real_redirect_away_from_https_is_refused()
    {
        var file = Path.Combine(Path.GetTempPath(), $"authority-{Guid.NewGuid():N}.pem");
        using var certificate = TestCertificate.Create();
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Cancelled);
        await using var plain = new ScriptedServer();
        await using var secure = new ScriptedServer(certificate).On("GET", "/list", Answer.Redirect($"{plain.Url}list"));
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { CaFile = file });
        File.Delete(file);

        await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(secure.Url, "list"), 7, Cancelled));
        Assert.Empty(plain.Requests);
    }

    private static bool IsLocalhost(IPAddress address) =>
        address.Equals(Publisher) || address.Equals(IPAddress.IPv6Loopback) || address.ToString() is "::ffff:127.0.0.1";
}
