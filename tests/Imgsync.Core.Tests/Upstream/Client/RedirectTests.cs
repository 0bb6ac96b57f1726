using System.Net;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Client;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Upstream.Client;

public sealed class RedirectTests
{
    private const string OnTheInternet = "185.125.190.37";

    private static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.0.2");

    /// <summary>The server is on the internet, and the place elsewhere in a private network.</summary>
    private static readonly Func<IPAddress, IPAddress> PublisherAndInside =
        UpstreamFixture.Standing(("127.0.0.1", OnTheInternet), ("127.0.0.2", "10.0.0.2"));

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
        using var client = UpstreamFixture.Client(
            judgedAs: UpstreamFixture.Standing(("127.0.0.1", OnTheInternet), ("127.0.0.2", "194.71.11.163")));

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
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { Retries = 3 }, judgedAs: PublisherAndInside);

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Contains("an address of a private network", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(inside.Requests);
    }

    [Fact]
    [Shows("to-a-name-is-judged-by-the-address-it-resolves-to")]
    public async Task To_a_name_is_judged_by_the_address_it_resolves_to()
    {
        await using var inside = new ScriptedServer();
        await using var server = new ScriptedServer(address: Elsewhere).On(
            "GET", "/list", Answer.Redirect($"http://localhost:{inside.Url.Port}/secret"));
        using var client = UpstreamFixture.Client(
            UpstreamFixture.Options with { Retries = 3 }, judgedAs: UpstreamFixture.Standing(("127.0.0.2", OnTheInternet)));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Contains("redirects to localhost", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(inside.Requests);
    }

    [Theory]
    [Shows("a-private-base-url-leads-to-its-own-network-and-no-further")]
    [InlineData("10.1.2.3", "10.1.2.200")]
    [InlineData("10.1.2.3", OnTheInternet)]
    [InlineData("fd12:3::1", "fd12:3::2")]
    [InlineData("fd12:3::1", "2620:2d:4000:1::17")]
    [InlineData("127.0.0.1", "127.0.0.2")]
    [InlineData("::1", "127.0.0.2")]
    [InlineData("169.254.7.7", "169.254.7.7")]
    public async Task From_a_private_place_is_followed_within_its_network_and_to_the_internet(string from, string to)
    {
        await using var mirror = new ScriptedServer(address: Elsewhere).On("GET", "/list", Answer.Ok("content"));
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Redirect($"{mirror.Url}list"));
        using var client = UpstreamFixture.Client(judgedAs: UpstreamFixture.Standing(("127.0.0.1", from), ("127.0.0.2", to)));

        Assert.Equal("content"u8.ToArray(), await client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));
    }

    [Theory]
    [Shows("a-redirect-leads-to-no-metadata-service-and-no-foreign-network")]
    [InlineData("10.1.2.3", "10.1.3.3", "a private network that the base URL is not in")]
    [InlineData("10.1.2.3", "192.168.1.1", "a private network that the base URL is not in")]
    [InlineData("fd12:3::1", "fd12:3:0:1::2", "a private network that the base URL is not in")]
    [InlineData("fd12:3::1", "10.1.2.3", "a private network that the base URL is not in")]
    [InlineData("127.0.0.1", "10.1.2.3", "a private network that the base URL is not in")]
    [InlineData(OnTheInternet, "203.0.113.7", "a private network that the base URL is not in")]
    [InlineData("10.1.2.3", "127.0.0.2", "an address of this machine itself")]
    [InlineData("10.1.2.3", "0.0.0.0", "an address of this machine itself")]
    [InlineData("fd12:3::1", "::1", "an address of this machine itself")]
    [InlineData("10.1.2.3", "::ffff:127.0.0.1", "an address of this machine itself")]
    [InlineData("127.0.0.1", "169.254.169.254", "the metadata service")]
    [InlineData("169.254.7.7", "169.254.169.254", "the metadata service")]
    [InlineData("10.1.2.3", "::ffff:169.254.169.254", "the metadata service")]
    [InlineData("10.1.2.3", "64:ff9b::169.254.169.254", "the metadata service")]
    [InlineData("64:ff9b:1::1", "64:ff9b:1::169.254.169.254", "the metadata service")]
    [InlineData("10.1.2.3", "2002:a9fe:a9fe::1", "the metadata service")]
    [InlineData("fe80::1", "fe80::2", "a link-local address")]
    [InlineData("fd00:ec2::1", "fd00:ec2::254", "the metadata service")]
    [InlineData("10.1.2.3", "168.63.129.16", "the metadata service")]
    [InlineData(OnTheInternet, "168.63.129.16", "the metadata service")]
    [InlineData("100.100.100.7", "100.100.100.200", "the metadata service")]
    public async Task Elsewhere_than_there_it_is_refused_before_anything_is_sent_there(string from, string to, string what)
    {
        await using var inside = new ScriptedServer(address: Elsewhere);
        await using var server = new ScriptedServer().On("GET", "/image", Answer.Redirect($"{inside.Url}secret"));
        using var client = UpstreamFixture.Client(judgedAs: UpstreamFixture.Standing(("127.0.0.1", from), ("127.0.0.2", to)));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(
            () => client.OpenAsync(new Uri(server.Url, "image"), from: 0, ifRange: null, Cancelled));

        Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1 redirects to 127.0.0.2, which is ", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(inside.Requests);
    }

    [Fact]
    public async Task Every_hop_is_judged_by_the_base_url_and_not_by_the_hop_before()
    {
        await using var inside = new ScriptedServer(address: IPAddress.Parse("127.0.0.3"));
        await using var mirror = new ScriptedServer(address: Elsewhere).On("GET", "/list", Answer.Redirect($"{inside.Url}list"));
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Redirect($"{mirror.Url}list"));
        using var client = UpstreamFixture.Client(
            judgedAs: UpstreamFixture.Standing(("127.0.0.1", "10.1.2.3"), ("127.0.0.2", OnTheInternet), ("127.0.0.3", "10.9.9.9")));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Contains("redirects to 127.0.0.3", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_on_the_same_host_is_judged_too_should_its_name_lead_elsewhere_by_now()
    {
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Redirect("/secret"));
        var asked = 0;
        // The first connection is noted as one to the internet, and so is it when it is recalled; then the name means the link.
        using var client = UpstreamFixture.Client(
            judgedAs: _ => IPAddress.Parse(Interlocked.Increment(ref asked) % 2 == 1 ? "169.254.169.254" : OnTheInternet));

        await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task What_one_base_url_may_reach_no_connection_of_it_serves_another()
    {
        await using var neighbour = new ScriptedServer(address: IPAddress.Parse("127.0.0.3")).Always("GET", "/list", Answer.Ok("content"));
        await using var inside = new ScriptedServer(address: Elsewhere).On("GET", "/list", Answer.Redirect($"{neighbour.Url}list"));
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Redirect($"{neighbour.Url}list"));
        using var client = UpstreamFixture.Client(
            judgedAs: UpstreamFixture.Standing(("127.0.0.1", OnTheInternet), ("127.0.0.2", "10.1.2.3"), ("127.0.0.3", "10.1.2.4")));
        await client.ReadAsync(new Uri(inside.Url, "list"), 7, Cancelled);

        await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Single(neighbour.Requests);
    }

    [Fact]
    public async Task To_the_same_private_place_again_is_refused_over_the_same_client_too()
    {
        await using var inside = new ScriptedServer(address: Elsewhere).On("GET", "/list", Answer.Ok("content"));
        await using var server = new ScriptedServer().Always("GET", "/list", Answer.Redirect($"{inside.Url}list"));
        using var client = UpstreamFixture.Client(judgedAs: PublisherAndInside);
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
}
