using System.Net;
using System.Net.Sockets;
using System.Text;
using Imgsync.Cli.Serving;

namespace Imgsync.Cli.Tests.Serving;

/// <summary>The health endpoint, spoken to letter by letter.</summary>
public sealed class HealthEndpointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: elsewhere\r\n\r\n", "200 OK", true)]
    [InlineData("GET /livez HTTP/1.0\r\n\r\n", "200 OK", true)]
    [InlineData("HEAD /healthz HTTP/1.1\r\n\r\n", "200 OK", false)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "404 Not Found", false)]
    [InlineData("GET /healthz/../x HTTP/1.1\r\n\r\n", "404 Not Found", false)]
    [InlineData("POST /healthz HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "405 Method Not Allowed", false)]
    [InlineData("GET /healthz\r\n\r\n", "400 Bad Request", false)]
    [InlineData("\u0016\u0003\u0001 TLS\r\n\r\n", "400 Bad Request", false)]
    public async Task Every_request_has_its_answer(string request, string status, bool hasBody)
    {
        await using var endpoint = HealthEndpoint.Open("127.0.0.1:0", new ServeHealth(TimeProvider.System));

        var answer = await AskAsync(endpoint, request);

        Assert.StartsWith($"HTTP/1.1 {status}\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(hasBody, answer.EndsWith(
            """{"isRunning":false,"nextRun":null,"lastRun":null,"status":"healthy"}""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_head_without_an_end_is_answered_at_its_bound_and_a_silent_caller_keeps_nobody_waiting()
    {
        await using var endpoint = HealthEndpoint.Open("127.0.0.1:0", new ServeHealth(TimeProvider.System));
        using var silent = new TcpClient();
        await silent.ConnectAsync((IPEndPoint)endpoint.Address, Cancel);

        var endless = await AskAsync(endpoint, new string('x', 8 * 1024));
        var next = await AskAsync(endpoint, "GET /livez HTTP/1.1\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", endless, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IPv6_will_do_and_a_port_that_is_taken_is_told()
    {
        await using var endpoint = HealthEndpoint.Open("[::1]:0", new ServeHealth(TimeProvider.System));

        var taken = Assert.Throws<Core.ConfigurationException>(() => HealthEndpoint.Open($"{endpoint.Address}", new ServeHealth(TimeProvider.System)));

        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(endpoint, "GET /livez HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.Contains("which cannot be listened at: ", taken.Message, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(HealthEndpoint endpoint, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)endpoint.Address, Cancel);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Cancel);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(Cancel);
    }
}
