using System.Net;
using Imgsync.Testing.Http;
using Xunit.Sdk;

namespace Imgsync.Core.Tests.Testing;

public sealed class ScriptedServerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_that_is_not_in_the_script_fails_the_test()
    {
        var server = new ScriptedServer();
        using var client = new HttpClient { BaseAddress = server.Url };

        await client.GetAsync("surprise", Cancelled);

        var failure = await Assert.ThrowsAsync<FailException>(async () => await server.DisposeAsync());
        Assert.Contains("GET /surprise", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_come_in_the_order_of_the_script_and_one_more_request_is_not_in_it()
    {
        var server = new ScriptedServer().On("GET", "/twice", Answer.Of(503), Answer.Ok("now"));
        using var client = new HttpClient { BaseAddress = server.Url };

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("twice", Cancelled)).StatusCode);
        Assert.Equal("now", await client.GetStringAsync("twice?q=1", Cancelled));
        await client.GetAsync("twice", Cancelled);

        Assert.Equal("GET /twice; GET /twice?q=1; GET /twice", string.Join("; ", server.Requests));
        await Assert.ThrowsAsync<FailException>(async () => await server.DisposeAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_bodies_are_recorded_chunked_or_not(bool chunked)
    {
        await using var server = new ScriptedServer().On("PUT", "/file", Answer.Of(204));
        using var client = new HttpClient { BaseAddress = server.Url };
        using var request = new HttpRequestMessage(HttpMethod.Put, "file") { Content = new StringContent("a body") };
        request.Headers.TransferEncodingChunked = chunked;

        await client.SendAsync(request, Cancelled);

        Assert.Equal("a body", Assert.Single(server.Requests).Text);
    }

    [Fact]
    public async Task Speaks_tls()
    {
        using var certificate = TestCertificate.Create();
        await using var server = new ScriptedServer(certificate).On("GET", "/", Answer.Ok("secret"));
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, offered, _, _) => certificate.Equals(offered);
        using var client = new HttpClient(handler) { BaseAddress = server.Url };

        Assert.Equal("secret", await client.GetStringAsync("", Cancelled));
    }

    [Fact]
    public async Task Breaks_off_where_the_script_says()
    {
        await using var server = new ScriptedServer()
            .On("GET", "/closed", Answer.Ok("0123456789").ClosedAfter(4))
            .On("GET", "/reset", Answer.Ok("0123456789").ResetAfter(4))
            .On("GET", "/hangup", Answer.Hangup)
            .On("GET", "/short", Answer.Ok("0123456789").Claiming(100));
        using var client = new HttpClient { BaseAddress = server.Url };

        foreach (var target in new[] { "closed", "reset", "hangup", "short" })
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(target, Cancelled));
    }
}
