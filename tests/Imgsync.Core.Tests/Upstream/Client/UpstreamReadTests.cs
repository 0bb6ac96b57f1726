using System.Net;
using System.Net.Sockets;
using System.Text;
using Imgsync.Core.Upstream;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Upstream.Client;

/// <summary>Small files: index, checksum list, signature.</summary>
public sealed class UpstreamReadTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_a_small_file_whole()
    {
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Ok("content"));
        using var client = UpstreamFixture.Client();

        Assert.Equal("content", Encoding.UTF8.GetString(await client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled)));
        Assert.Equal("identity", server.Requests[0]["Accept-Encoding"]);
    }

    [Theory]
    [Shows("a-file-beyond-its-bound-is-refused-whether-its-length-is-announced-or-not")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_beyond_its_bound_is_refused_whether_its_length_is_announced_or_not(bool announced)
    {
        var answer = Answer.Ok("12345678");
        await using var server = new ScriptedServer().On("GET", "/list", announced ? answer : answer.Claiming(null));
        using var client = UpstreamFixture.Client();

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Contains("more than such a file can have", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_missing_file_is_an_error_or_null_as_the_caller_likes(int status)
    {
        await using var server = new ScriptedServer().Always("GET", "/list", Answer.Of(status));
        using var client = UpstreamFixture.Client();

        Assert.Null(await client.ReadIfPresentAsync(new Uri(server.Url, "list"), 7, Cancelled));
        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));
        Assert.Contains("/list answered 404", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Some balancers answer in codes of their own.</summary>
    [Theory]
    [InlineData(503, "/list answered 503 ServiceUnavailable; ")]
    [InlineData(520, "/list answered 520; ")]
    [InlineData(430, "/list answered 430, ")]
    public async Task A_status_is_told_by_number_and_by_name_where_it_has_one(int status, string expected)
    {
        await using var server = new ScriptedServer().Always("GET", "/list", Answer.Of(status));
        using var client = UpstreamFixture.Client();

        var failure = await Assert.ThrowsAnyAsync<ImgsyncException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(204)]
    [InlineData(206)]
    [InlineData(304)]
    public async Task An_answer_that_will_not_change_is_not_worth_another_try(int status)
    {
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Of(status));
        using var client = UpstreamFixture.Client();

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Contains($"answered {status}", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(status is 403, refusal.IsMissing); // an object store's word for what it does not have
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task A_busy_or_broken_server_may_answer_later(int status)
    {
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Of(status));
        using var client = UpstreamFixture.Client();

        var failure = await Assert.ThrowsAsync<UpstreamUnavailableException>(
            () => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Contains($"answered {status}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passing_failure_is_repeated_a_cut_answer_among_them()
    {
        await using var server = new ScriptedServer().On(
            "GET", "/list", Answer.Of(503).With("Retry-After", "0"), Answer.Ok("content").ClosedAfter(3), Answer.Ok("content"));
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { Retries = 2 });

        Assert.Equal("content"u8.ToArray(), await client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Silence_before_the_answer_ends_after_the_idle_timeout()
    {
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Silence);
        var time = new FakeTimeProvider();
        using var client = UpstreamFixture.Client(time: time);

        var read = client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled);
        time.Advance(UpstreamFixture.Options.IdleTimeout);

        var failure = await Assert.ThrowsAsync<UpstreamUnavailableException>(() => read);
        Assert.Contains("not answered within 30 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_in_the_middle_of_a_small_file_ends_after_the_idle_timeout()
    {
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Ok("content").StalledAfter(3));
        using var client = UpstreamFixture.Client(UpstreamFixture.Options with { IdleTimeout = TimeSpan.FromMilliseconds(200) });

        await Assert.ThrowsAsync<UpstreamUnavailableException>(() => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));
    }

    [Fact]
    public async Task Cancelling_is_not_a_failure_of_the_server()
    {
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Silence);
        using var client = UpstreamFixture.Client();
        using var cancelled = new CancellationTokenSource();

        var read = client.ReadAsync(new Uri(server.Url, "list"), 7, cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task A_refused_connection_is_said_so()
    {
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = UpstreamFixture.Client();

        var failure = await Assert.ThrowsAsync<UpstreamUnavailableException>(
            () => client.ReadAsync(new Uri($"http://user:hunter2@{reserved.LocalEndPoint}/list?sig=hunter2"), 7, Cancelled));

        Assert.Contains($"no connection to {reserved.LocalEndPoint} can be made", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_that_a_server_puts_into_its_errors_reach_no_terminal_and_no_log_as_they_are()
    {
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Of(200).With("not a \u001b[31m header", "x"));
        using var client = UpstreamFixture.Client();

        var failure = await Assert.ThrowsAsync<UpstreamUnavailableException>(
            () => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Contains("broke off", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', failure.Message);
    }

    [Fact]
    public async Task A_connection_that_is_reset_may_work_later()
    {
        await using var server = new ScriptedServer().On("GET", "/list", Answer.Hangup);
        using var client = UpstreamFixture.Client();

        var failure = await Assert.ThrowsAsync<UpstreamUnavailableException>(
            () => client.ReadAsync(new Uri(server.Url, "list"), 7, Cancelled));

        Assert.Contains("broke off", failure.Message, StringComparison.Ordinal);
    }
}
