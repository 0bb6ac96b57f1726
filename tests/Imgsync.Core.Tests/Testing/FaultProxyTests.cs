using System.Diagnostics;
using System.Net.Sockets;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Testing;

public sealed class FaultProxyTests : IAsyncLifetime
{
    private readonly ScriptedServer _server = new ScriptedServer().Always("GET", "/image", Answer.Ok(new byte[1_000_000]));
    private readonly FaultProxy _proxy;
    private readonly HttpClient _http = new();

    public FaultProxyTests() => _proxy = new FaultProxy(new Uri(_server.Url, "image"));

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_fault_everything_passes()
    {
        var image = await _http.GetByteArrayAsync(_proxy.Url, CancellationToken);

        Assert.Equal(1_000_000, image.Length);
        Assert.True(_proxy.Passed > 1_000_000);
    }

    [Fact]
    public async Task A_cut_download_ends_after_exactly_so_many_bytes()
    {
        _proxy.Fault = ProxyFault.CutAfter(5000);

        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetByteArrayAsync(_proxy.Url, CancellationToken));

        Assert.Equal(5000, _proxy.Passed);
    }

    [Fact]
    public async Task A_reset_connection_is_told_apart_from_a_closed_one()
    {
        _proxy.Fault = ProxyFault.ResetAfter(5000).OfDownloads();

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetByteArrayAsync(_proxy.Url, CancellationToken));

        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(failure.GetBaseException()).SocketErrorCode);
    }

    [Fact]
    public async Task A_refused_client_gets_no_answer_until_the_fault_is_lifted()
    {
        _proxy.Fault = ProxyFault.Refuse;
        var failure = await Record.ExceptionAsync(() => _http.GetByteArrayAsync(_proxy.Url, CancellationToken));
        Assert.True(
            failure is HttpRequestException or SocketException,
            $"{failure}"); // the latter where the reset comes before .NET has used the connection

        _proxy.Fault = ProxyFault.None;

        Assert.Equal(1_000_000, (await _http.GetByteArrayAsync(_proxy.Url, CancellationToken)).Length);
    }

    [Fact]
    public async Task A_stalled_download_goes_on_when_the_fault_is_lifted()
    {
        _proxy.Fault = ProxyFault.StallAfter(5000);
        using var response = await _http.GetAsync(_proxy.Url, HttpCompletionOption.ResponseHeadersRead, CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(CancellationToken);
        var received = await body.ReadAtLeastAsync(new byte[4000], 4000, cancellationToken: CancellationToken);

        _proxy.Fault = ProxyFault.None;

        using var rest = new MemoryStream();
        await body.CopyToAsync(rest, CancellationToken);
        Assert.Equal(1_000_000, received + rest.Length);
    }

    [Fact]
    public async Task A_slow_download_takes_its_time()
    {
        _proxy.Fault = ProxyFault.SlowTo(4_000_000).OfDownloads();
        var clock = Stopwatch.StartNew();

        var image = await _http.GetByteArrayAsync(_proxy.Url, CancellationToken);

        Assert.Equal(1_000_000, image.Length);
        Assert.True(clock.Elapsed > TimeSpan.FromMilliseconds(200), $"It took {clock.Elapsed}.");
    }
}
