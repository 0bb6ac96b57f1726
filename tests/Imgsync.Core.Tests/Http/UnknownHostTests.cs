using System.Diagnostics;
using System.Net.Sockets;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Http;
using Imgsync.Core.Signatures;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Core.Tests.Glance;
using Imgsync.Core.Tests.Upstream.Client;
using Imgsync.Core.Upstream;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Http;

/// <summary>A host name that does not exist, asked of this machine's own resolver: told at once, with where it is configured, and as a
/// failure that no later attempt mends.</summary>
public sealed class UnknownHostTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [Shows("a-host-name-that-does-not-exist-is-told-at-once")]
    [InlineData("settings", "https://nowhere.invalid/debian/bookworm/latest/SHA512SUMS", "correct its name in publishers.debian, or")]
    [InlineData("mirror", "http://nowhere.invalid/mirror/a.qcow2", "correct its name in overrides.debian12.mirrors, or")]
    [InlineData("catalogue", "https://nowhere.invalid/own/SHA512SUMS", "correct its name in the catalogue's publishers.debian.url, or")]
    [InlineData("none", "https://nowhere.invalid/SHA512SUMS", "correct its name in the URL, or")]
    public async Task A_publishers_name_is_told_with_the_setting_that_it_stands_in(string place, string url, string advice)
    {
        var tree = new Uri(new Uri(url), url.Contains("/bookworm/", StringComparison.Ordinal) ? "../../" : ".");
        var known = UpstreamFixture.Spec("debian12", place is "settings" ? tree : new Uri("https://other.invalid/"));
        var spec = place switch
        {
            "mirror" => known with { Mirrors = [tree] },
            "catalogue" => known with { Publisher = known.Publisher with { OfficialUrl = tree, BaseUrl = tree } },
            _ => known,
        };
        using var client = UpstreamFixture.Client(new UpstreamOptions { Retries = 6 }, distributions: [spec]);

        var failure = await AtOnceAsync<UpstreamException>(() => client.ReadAsync(new Uri(url), 7, Cancel));

        Assert.StartsWith($"GET {url} failed because there is no host nowhere.invalid; ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(advice, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("a-host-name-that-does-not-exist-is-told-at-once")]
    public async Task A_name_that_a_server_redirects_to_is_laid_at_its_door()
    {
        await using var server = new ScriptedServer().Always("GET", "/list", Answer.Of(302).With("Location", "http://nowhere.invalid/list"));
        using var client = UpstreamFixture.Client(new UpstreamOptions { Retries = 6 });

        var failure = await AtOnceAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancel));

        Assert.Contains("there is no host nowhere.invalid; 127.0.0.1 redirects there", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [Shows("a-host-name-that-does-not-exist-is-told-at-once")]
    [InlineData("http://nowhere.invalid/v3", null, "correct its name in the cloud's auth.authUrl (clouds.yaml: auth_url), or")]
    [InlineData("https://nowhere.invalid:5000", null, "correct its name in the cloud's auth.authUrl (clouds.yaml: auth_url), or")]
    [InlineData(null, "https://nowhere.invalid:9292", "correct its name in the cloud's imageEndpoint, or")]
    public async Task A_clouds_name_is_told_with_the_setting_that_it_stands_in(string? keystone, string? glance, string advice)
    {
        await using var server = new ScriptedServer().SigningIn();
        var options = ScriptedCloud.Options(server);
        using var connection = Connect.To(options with
        {
            ImageEndpoint = glance is null ? null : new Uri(glance),
            Auth = options.Auth with { AuthUrl = keystone is null ? options.Auth.AuthUrl : new Uri(keystone) },
        });

        var failure = await AtOnceAsync<CloudRefusedException>(() => connection.Glance.ShowAsync("4f", Cancel));

        Assert.Contains("on cloud 'scripted': there is no host nowhere.invalid; " + advice, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("a-host-name-that-does-not-exist-is-told-at-once")]
    public async Task A_storage_accounts_name_is_told_with_the_setting_that_it_stands_in()
    {
        var account = BlobAccount.Open(new StagingOptions
        {
            ConnectionString = new Secret("AccountName=imgsync;AccountKey=a2V5;BlobEndpoint=https://imgsync.nowhere.invalid"),
        });

        var failure = await AtOnceAsync<StagingException>(
            () => new BlobDocumentStore(account).LoadAsync("reports/last.json", longest: 10, Cancel));

        Assert.Contains(
            "there is no host imgsync.nowhere.invalid; correct its name in staging.connectionString or staging.blobEndpoint, or",
            failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("a-host-name-that-does-not-exist-is-told-at-once")]
    public async Task A_key_servers_name_is_told_with_the_setting_that_it_stands_in()
    {
        using var http = new HttpClient();
        var server = new KeyServer(http, new Uri("https://keys.nowhere.invalid"), TimeProvider.System);

        var failure = await AtOnceAsync<SignatureException>(() => server.FindAsync(new string('A', 40), Cancel));

        Assert.Contains("the key server keys.nowhere.invalid", failure.Message, StringComparison.Ordinal);
        Assert.Contains("there is no host of that name; correct signatures.keyServer", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, true)]
    [InlineData(SocketError.NoData, true)]
    [InlineData(SocketError.TryAgain, false)]
    [InlineData(SocketError.ConnectionRefused, false)]
    [InlineData(SocketError.TimedOut, false)]
    public void Only_a_name_that_is_not_there_is_unknown(SocketError error, bool isUnknown)
    {
        var failure = new HttpRequestException(HttpRequestError.NameResolutionError, "", new SocketException((int)error));

        Assert.Equal(isUnknown, HostNames.IsUnknown(failure));
        Assert.Equal(isUnknown, HostNames.IsUnknown(new AggregateException(failure, failure)));
        Assert.False(HostNames.IsUnknown(new AggregateException(failure, new IOException())));
        Assert.False(HostNames.IsUnknown(new HttpRequestException()));
    }

    private static async Task<T> AtOnceAsync<T>(Func<Task> ask)
        where T : ImgsyncException
    {
        var started = Stopwatch.GetTimestamp();
        var failure = await Assert.ThrowsAsync<T>(ask);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Soon);
        return failure;
    }
}
