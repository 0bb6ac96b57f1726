using System.Net;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Http;
using Imgsync.Core.Tests.Content;
using Imgsync.Core.Tests.Glance;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Client;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Tests.Http;

/// <summary>A proxy's refusals are its own: named, without its password, and asked for once. Alone, because a process has one proxy.</summary>
[Collection(nameof(Alone))]
public sealed class ProxyFailureTests : IAsyncLifetime
{
    private readonly IWebProxy _before = HttpClient.DefaultProxy;
    private readonly ScriptedServer _proxy = new();
    private readonly CapturedLog _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Name => $"the proxy http://{_proxy.Url.Authority}";

    public ValueTask InitializeAsync()
    {
        GoBy(_proxy.Url.Authority);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        HttpClient.DefaultProxy = _before;
        _log.Dispose();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(407, "check the user name and password for it in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY")]
    [InlineData(403, "have its rules allow cloud.test:5000")]
    [InlineData(400, "have its rules allow cloud.test:5000")]
    public async Task A_tunnel_that_is_refused_is_the_proxys_own_and_is_not_asked_for_again(int status, string advice)
    {
        _proxy.Always("CONNECT", "cloud.test:5000", Answer.Of(status).With("Proxy-Authenticate", "Basic realm=\"corp\""));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => SignInAsync("https://cloud.test:5000/v3"));

        AssertTold(refusal, $"{Name} refused with {status}", "cloud.test:5000 was not reached", advice);
        Assert.InRange(_proxy.Requests.Count, 1, 2); // with and without the password
    }

    [Theory]
    [InlineData(407)]
    [InlineData(403)]
    public async Task A_publishers_tunnel_that_is_refused_names_the_proxy(int status)
    {
        _proxy.Always("CONNECT", "upstream.test:443", Answer.Of(status).With("Proxy-Authenticate", "Basic realm=\"corp\""));

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => ReadAsync("https://upstream.test/SHA256SUMS"));

        AssertTold(refusal, $"{Name} refused with {status}", "upstream.test was not reached");
        Assert.InRange(_proxy.Requests.Count, 1, 2);
    }

    [Fact]
    public async Task A_tunnel_that_the_proxy_cannot_make_may_be_made_later()
    {
        _proxy.Always("CONNECT", "upstream.test:443", Answer.Of(502));

        var failure = await Assert.ThrowsAsync<UpstreamUnavailableException>(() => ReadAsync("https://upstream.test/SHA256SUMS"));

        AssertTold(failure, $"{Name} refused with 502", "see its log");
        Assert.Equal(2, _proxy.Requests.Count);
    }

    [Fact]
    public async Task A_407_to_a_plain_request_is_about_the_proxys_password()
    {
        _proxy.Always("GET", "http://upstream.test/SHA256SUMS", Answer.Of(407).With("Proxy-Authenticate", "Basic realm=\"corp\""));
        _proxy.Always("POST", "http://cloud.test/v3/auth/tokens", Answer.Of(407).With("Proxy-Authenticate", "Basic realm=\"corp\""));

        AssertTold(
            await Assert.ThrowsAsync<UpstreamException>(() => ReadAsync("http://upstream.test/SHA256SUMS")),
            $"{Name} refused with 407", "check the user name and password for it");
        AssertTold(
            await Assert.ThrowsAsync<CloudRefusedException>(() => SignInAsync("http://cloud.test/v3")),
            $"{Name} refused with 407", "check the user name and password for it");
    }

    [Fact]
    public async Task A_403_page_to_a_plain_request_names_the_proxy_and_advises_no_role()
    {
        const string Page = "<html><head><title>Blocked</title></head><body><p>Your request was blocked by the category filter.</p></body></html>";
        _proxy.Always("GET", "http://upstream.test/SHA256SUMS", Answer.Of(403, Page));
        _proxy.Always("POST", "http://cloud.test/v3/auth/tokens", Answer.Of(403, Page));

        AssertTold(
            await Assert.ThrowsAsync<UpstreamException>(() => ReadAsync("http://upstream.test/SHA256SUMS")), Name, "check the proxy's rules");
        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => SignInAsync("http://cloud.test/v3"));
        AssertTold(refusal, Name, "have its rules allow", "blocked by the category filter");
        Assert.DoesNotContain("role", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, _proxy.Requests.Count);
    }

    [Fact]
    public async Task What_Keystone_itself_refuses_is_not_laid_at_the_proxys_door()
    {
        _proxy.Always("POST", "http://cloud.test/v3/auth/tokens",
            Answer.Json("""{"error":{"code":403,"title":"Forbidden","message":"Not this user"}}""", 403));

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(() => SignInAsync("http://cloud.test/v3"));

        Assert.DoesNotContain("proxy", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_whose_name_does_not_exist_is_told_and_not_asked_again()
    {
        GoBy("no-such-proxy.invalid:3128");

        AssertTold(
            await Assert.ThrowsAsync<UpstreamException>(() => ReadAsync("http://upstream.test/SHA256SUMS")),
            "the proxy http://no-such-proxy.invalid:3128 cannot be reached", "its name and port in HTTP_PROXY");
        AssertTold(
            await Assert.ThrowsAsync<CloudRefusedException>(() => SignInAsync("https://cloud.test:5000/v3")),
            "the proxy http://no-such-proxy.invalid:3128 cannot be reached", "its name and port in HTTP_PROXY");
        Assert.DoesNotContain(_log.Lines, line => line.Contains("trying again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_proxy_that_is_down_is_not_taken_for_the_server()
    {
        const string proxy = "127.0.0.1:1";
        GoBy(proxy);

        AssertTold(
            await Assert.ThrowsAsync<UpstreamUnavailableException>(() => ReadAsync("http://upstream.test/SHA256SUMS")),
            $"the proxy http://{proxy} cannot be reached", "upstream.test was not asked");
        AssertTold(
            await Assert.ThrowsAsync<CloudUnavailableException>(() => SignInAsync("https://cloud.test:5000/v3")),
            $"the proxy http://{proxy} cannot be reached", "cloud.test:5000 was not asked");
    }

    [Fact]
    public async Task A_proxy_that_is_not_understood_fails_the_request_that_needs_it()
    {
        HttpClient.DefaultProxy = EnvironmentProxy.Read(name => name is "all_proxy" ? "gopher://bot:Sup3rSecret@proxy.example" : null)!;

        AssertTold(await Assert.ThrowsAsync<ConfigurationException>(() => ReadAsync("http://upstream.test/SHA256SUMS")), "all_proxy");
    }

    [Theory]
    [InlineData("127.0.0.0/8")]
    [InlineData("*")]
    public async Task A_sign_in_that_is_excluded_never_goes_to_the_proxy(string excluded)
    {
        await using var cloud = new ScriptedServer().SigningIn();
        GoBy(_proxy.Url.Authority, excluded);

        await SignInAsync($"{cloud.Url}v3");

        Assert.Empty(_proxy.Requests);
    }

    private static void GoBy(string proxy, string excluded = "") => HttpClient.DefaultProxy = EnvironmentProxy.Read(name => name switch
    {
        "all_proxy" => $"http://bot:Sup3rSecret@{proxy}",
        "no_proxy" => excluded,
        _ => null,
    })!;

    private async Task SignInAsync(string keystone)
    {
        using var connection = Connect.To(
            new CloudOptions
            {
                Auth = new KeystoneOptions { AuthUrl = new Uri(keystone), Username = "syncer", Password = new Secret("x"), ProjectName = "p" },
            },
            _log);
        await connection.Keystone.GetTokenAsync(Cancellation);
    }

    private async Task ReadAsync(string url)
    {
        var catalogue = CatalogLoader.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal));
        using var upstream = new UpstreamClient(
            new UpstreamOptions { Retries = 1 }, catalogue, TimeProvider.System, _log.CreateLogger<UpstreamClient>());
        await upstream.ReadAsync(new Uri(url), 1000, Cancellation);
    }

    private void AssertTold(Exception failure, params string[] words)
    {
        Assert.All(words, word => Assert.Contains(word, failure.Message, StringComparison.Ordinal));
        Assert.All(
            _log.Lines.Append(failure.ToString()), line => Assert.DoesNotContain("Sup3rSecret", line, StringComparison.OrdinalIgnoreCase));
    }
}
