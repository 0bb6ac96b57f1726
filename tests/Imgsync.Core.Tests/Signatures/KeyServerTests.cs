using System.IO.Compression;
using Imgsync.Core.Signatures;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Time.Testing;
using static Imgsync.Core.Tests.Signatures.Verification;

namespace Imgsync.Core.Tests.Signatures;

public sealed class KeyServerTests : IAsyncDisposable
{
    private const string Fingerprint = "D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81";

    private readonly FakeTimeProvider _time = new(TestKey.Now);
    private readonly ScriptedServer _server = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_full_fingerprint_is_looked_up_over_hkp()
    {
        _server.On("GET", $"/pks/lookup?op=get&options=mr&search=0x{Fingerprint}", Answer.Ok("a key"));

        var found = await FindAsync();

        Assert.Equal("a key"u8.ToArray(), found!.Value.ToArray());
    }

    [Fact]
    public async Task A_key_that_comes_compressed_is_read()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write("a key"u8);
        _server.On("GET", "/pks/lookup", Answer.Ok(compressed.ToArray()).With("Content-Encoding", "gzip"));

        var found = await FindAsync();

        Assert.Equal("a key"u8.ToArray(), found!.Value.ToArray());
    }

    [Fact]
    public async Task A_key_in_an_encoding_that_is_not_known_is_refused()
    {
        _server.On("GET", "/pks/lookup", Answer.Ok("a key").With("Content-Encoding", "zstd"));

        var refusal = await Assert.ThrowsAsync<SignatureException>(FindAsync);

        Assert.Contains("answered with Content-Encoding: zstd", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_server_without_the_key_is_no_failure()
    {
        _server.On("GET", "/pks/lookup", Answer.Of(404));

        Assert.Null(await FindAsync());
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task An_overloaded_key_server_may_be_asked_again_later(int status)
    {
        _server.On("GET", "/pks/lookup", Answer.Of(status));

        var failure = await Assert.ThrowsAsync<KeyUnavailableException>(FindAsync);

        Assert.Equal(
            $"Asking the key server 127.0.0.1 for the key {Fingerprint} failed (status {status}); "
            + "try again later, or configure a keyring that has the key.",
            failure.Message);
    }

    [Fact]
    public async Task A_broken_connection_may_be_tried_again_later()
    {
        _server.On("GET", "/pks/lookup", Answer.Hangup, Answer.Ok(new byte[1000]).ResetAfter(100));

        await Assert.ThrowsAsync<KeyUnavailableException>(FindAsync);
        await Assert.ThrowsAsync<KeyUnavailableException>(FindAsync);
    }

    [Fact]
    public async Task A_silent_key_server_is_given_up()
    {
        _server.Always("GET", "/pks/lookup", _ =>
        {
            _time.Advance(TimeSpan.FromSeconds(31));
            return Answer.Silence;
        });

        var failure = await Assert.ThrowsAsync<KeyUnavailableException>(FindAsync);

        Assert.Contains("no answer within 30 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_the_run_is_not_taken_for_a_silent_key_server()
    {
        using var run = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
        _server.Always("GET", "/pks/lookup", _ =>
        {
            run.Cancel();
            return Answer.Silence;
        });

        var server = new KeyServer(_http, _server.Url, _time);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.FindAsync(Fingerprint, run.Token));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        _server.On("GET", "/pks/lookup", Answer.Redirect("/elsewhere"));

        await AssertRefusedAsync(FindAsync(), "answered with status 302");
    }

    [Fact]
    public async Task A_redirect_that_the_client_followed_by_itself_is_refused()
    {
        using var following = new HttpClient();
        _server.On("GET", "/pks/lookup", Answer.Redirect("/elsewhere")).On("GET", "/elsewhere", Answer.Ok("a key"));

        await AssertRefusedAsync(new KeyServer(following, _server.Url, _time).FindAsync(Fingerprint, CancellationToken), "was redirected");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_larger_than_any_key_is_refused(bool announced)
    {
        var large = Answer.Ok(new byte[(1024 * 1024) + 1]);
        _server.On("GET", "/pks/lookup", announced ? large : large.Claiming(null));

        await AssertRefusedAsync(FindAsync(), "sent more than 1 MiB");
    }

    [Theory]
    [InlineData("http://keys.example.org/")]
    [InlineData("ftp://keys.example.org/")]
    [InlineData("file:///etc/passwd")]
    public void A_key_server_must_be_an_https_address(string address) =>
        Assert.Throws<ConfigurationException>(() => new KeyServer(_http, new Uri(address), _time));

    [Fact]
    public void A_key_server_may_be_plain_http_on_loopback_only() =>
        Assert.Equal("the key server localhost", new KeyServer(_http, new Uri("http://localhost:11371/"), _time).Name);

    private Task<ReadOnlyMemory<byte>?> FindAsync() => new KeyServer(_http, _server.Url, _time).FindAsync(Fingerprint, CancellationToken);
}
