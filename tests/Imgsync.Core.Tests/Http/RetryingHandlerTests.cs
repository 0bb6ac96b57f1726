using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Imgsync.Core.Http;
using Imgsync.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Http;

public sealed class RetryingHandlerTests : IDisposable
{
    private static readonly Uri Target = new("http://user:secret@cloud.example/path?signature=secret");

    private readonly FakeTimeProvider _time = new();
    private readonly CapturedLog _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task A_passing_failure_is_repeated_until_it_has_passed(HttpStatusCode status)
    {
        var far = new Far(Of(status), Of(status), Of(HttpStatusCode.OK));

        using var answer = await SendAsync(far, retries: 3);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(3, far.Asked.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Conflict)]
    [InlineData(HttpStatusCode.NotImplemented)]
    public async Task An_answer_that_will_not_change_is_taken_as_it_is(HttpStatusCode status)
    {
        var far = new Far(Of(status));

        using var answer = await SendAsync(far, retries: 3);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task The_last_answer_comes_out_when_none_is_good()
    {
        var far = new Far(Of(HttpStatusCode.BadGateway), Of(HttpStatusCode.BadGateway), Of(HttpStatusCode.ServiceUnavailable));

        using var answer = await SendAsync(far, retries: 2);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task Waits_grow()
    {
        var far = new Far(
            Of(HttpStatusCode.BadGateway), Of(HttpStatusCode.BadGateway), Of(HttpStatusCode.BadGateway), Of(HttpStatusCode.BadGateway), Of(
                HttpStatusCode.OK));

        using var answer = await SendAsync(far, retries: 4);

        Assert.True(far.Asked[^1] - far.Asked[0] > TimeSpan.FromSeconds(2), "four jittered waits of about 0.5, 1, 2 and 4 s");
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(3600, 30)]
    public async Task The_wait_is_as_long_as_the_server_asks_for_within_reason(int asked, int expected)
    {
        var inSeconds = Of(HttpStatusCode.ServiceUnavailable);
        inSeconds.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(asked));
        var asDate = Of(HttpStatusCode.TooManyRequests);
        asDate.Headers.RetryAfter = new RetryConditionHeaderValue(_time.GetUtcNow().AddSeconds(expected + asked));
        var far = new Far(inSeconds, asDate, Of(HttpStatusCode.OK));

        using var answer = await SendAsync(far, retries: 3);

        Assert.InRange((far.Asked[1] - far.Asked[0]).TotalSeconds, expected, expected + 1);
        Assert.InRange((far.Asked[2] - far.Asked[1]).TotalSeconds, expected - 1, expected + 1);
    }

    [Fact]
    public async Task A_broken_connection_is_repeated_and_a_bad_certificate_is_not()
    {
        var broken = new Far(
            new HttpRequestException(HttpRequestError.ConnectionError), new HttpIOException(HttpRequestError.ResponseEnded), Of(
                HttpStatusCode.OK));
        var untrusted = new Far(new HttpRequestException(HttpRequestError.SecureConnectionError));

        using var answer = await SendAsync(broken, retries: 3);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(untrusted, retries: 3));
        Assert.Single(untrusted.Asked);
    }

    [Fact]
    public async Task A_name_server_that_does_not_answer_is_asked_again_and_a_name_that_does_not_exist_is_not()
    {
        var silent = new Far(Unresolved(SocketError.TryAgain), Of(HttpStatusCode.OK));
        var unknown = new Far(Unresolved(SocketError.HostNotFound));

        using var answer = await SendAsync(silent, retries: 3);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(unknown, retries: 3));
        Assert.Single(unknown.Asked);

        static HttpRequestException Unresolved(SocketError error) =>
            new(HttpRequestError.NameResolutionError, "no such name", new SocketException((int)error));
    }

    [Fact]
    public async Task A_connection_that_is_reset_before_it_is_used_is_a_broken_one()
    {
        var reset = new SocketException((int)SocketError.NotConnected);
        var far = new Far(reset, Of(HttpStatusCode.OK));

        using var answer = await SendAsync(far, retries: 1);
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(new Far(reset), retries: 0));
        var streamed = await Assert.ThrowsAsync<HttpRequestException>(
            () => SendAsync(new Far(reset), retries: 3, new StreamContent(new MemoryStream([1]))));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((HttpRequestError.ConnectionError, reset), (failure.HttpRequestError, failure.InnerException));
        Assert.Equal(HttpRequestError.ConnectionError, streamed.HttpRequestError);
    }

    [Fact]
    public async Task A_streamed_body_goes_through_once()
    {
        var far = new Far(Of(HttpStatusCode.ServiceUnavailable));

        using var answer = await SendAsync(far, retries: 3, new StreamContent(new MemoryStream([1])));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Without_retries_the_first_answer_counts()
    {
        var far = new Far(Of(HttpStatusCode.ServiceUnavailable));

        using var answer = await SendAsync(far, retries: 0);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task A_repeat_is_announced_without_user_name_password_and_query()
    {
        using var busy = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { ReasonPhrase = "\u001b[2J all is well" };
        var far = new Far(busy, Of(HttpStatusCode.OK));

        using var answer = await SendAsync(far, retries: 1);

        var line = Assert.Single(_log.Warnings);
        Assert.Contains("GET http://cloud.example/path: 503 ServiceUnavailable;", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_not_worth_repeating_is_sent_once()
    {
        var far = new Far(Of(HttpStatusCode.ServiceUnavailable), Of(HttpStatusCode.OK));

        using var answer = await SendAsync(far, retries: 3, once: true);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Single(far.Asked);
    }

    public void Dispose() => _log.Dispose();

    private static HttpResponseMessage Of(HttpStatusCode status) => new(status);

    /// <summary>Lets the clock run as long as the request waits for it.</summary>
    private async Task<HttpResponseMessage> SendAsync(Far far, int retries, HttpContent? content = null, bool once = false)
    {
        far.Time = _time;
        using var handler = new RetryingHandler(retries, _time, _log) { InnerHandler = far };
        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, Target) { Content = content };
        request.Options.Set(RetryingHandler.Once, once);
        var sending = client.SendAsync(request, Cancellation);
        while (!sending.IsCompleted)
        {
            Cancellation.ThrowIfCancellationRequested(); // as the test's time-out asks
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        return await sending;
    }

    /// <summary>The far end of the handlers: gives these answers in this order, and runs dry when it is asked once more.</summary>
    private sealed class Far(params object[] answers) : HttpMessageHandler
    {
        private readonly Queue<object> _answers = new(answers);

        public TimeProvider Time { get; set; } = TimeProvider.System;

        public List<DateTimeOffset> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(Time.GetUtcNow());
            return _answers.Dequeue() switch
            {
                HttpResponseMessage answer => Task.FromResult(answer),
                var failure => Task.FromException<HttpResponseMessage>((Exception)failure),
            };
        }
    }
}
