using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Imgsync.Core.Http;

/// <summary>Repeats small requests that met a passing failure: with exponential back-off and jitter, or after the time the
/// server asks for. Whoever sends through it promises that its small requests may arrive twice. A request whose body is a
/// stream goes through once, untouched: what was read of the stream is gone.</summary>
/// <param name="retries">How often a request is repeated; zero for never.</param>
/// <param name="attemptTimeout">How long the answer's headers may take each time; null for as long as the caller waits.</param>
/// <param name="showUrl">How a URL is shown in the log; null for its usual form, path included.</param>
public sealed partial class RetryingHandler(
    int retries, TimeProvider time, ILogger logger, TimeSpan? attemptTimeout = null, Func<Uri, string>? showUrl = null) : DelegatingHandler
{
    /// <summary>The longest wait between two attempts, whatever the server asks for.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Set for a request that is not worth repeating: whoever sends it knows another way to what it asks for.</summary>
    public static readonly HttpRequestOptionsKey<bool> Once = new("imgsync.once");

    private static readonly ResiliencePropertyKey<HttpRequestMessage> Request = new(nameof(Request));

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline = Build(retries, time, logger, attemptTimeout, showUrl);
    private readonly ResiliencePipeline<HttpResponseMessage> _once = Build(retries: 0, time, logger, attemptTimeout, showUrl);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not (null or ByteArrayContent))
            return await SendOnceAsync(request, cancellationToken);

        var pipeline = request.Options.TryGetValue(Once, out var once) && once ? _once : _pipeline;
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(Request, request);
            return await pipeline.ExecuteAsync(async attempt => await SendOnceAsync(request, attempt.CancellationToken), context);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>A connection that is reset the moment it stands comes out of .NET bare:
    /// its pool asks a dead socket where it leads.</summary>
    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (SocketException reset)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, reset.Message, reset);
        }
    }

    private static ResiliencePipeline<HttpResponseMessage> Build(
        int retries, TimeProvider time, ILogger logger, TimeSpan? attemptTimeout, Func<Uri, string>? showUrl)
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        if (retries > 0)
        {
            pipeline.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = retries,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = LongestWait,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = attempt => ValueTask.FromResult(MayPass(attempt.Outcome)),
                DelayGenerator = attempt => ValueTask.FromResult(AskedFor(attempt.Outcome.Result, time)),
                OnRetry = attempt => Announce(logger, attempt, showUrl),
            });
        }

        if (attemptTimeout is { } timeout)
            pipeline.AddTimeout(new TimeoutStrategyOptions { Timeout = timeout });
        return pipeline.Build();
    }

    private static bool MayPass(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        // What a proxy refuses, a name that does not exist, a certificate, or an answer beyond its bound, is no better a second later.
        { Exception: ProxyException refusal } => refusal.MayPass,
        { Exception: HttpRequestException failure } when HostNames.IsUnknown(failure) => false,
        { Exception: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } } => false,
        { Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } } => false,
        { Exception: HttpRequestException or IOException or TimeoutRejectedException } => true,
        { Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests } => true,
        { Result.StatusCode: HttpStatusCode.NotImplemented or HttpStatusCode.HttpVersionNotSupported } => false,
        { Result: { } answer } => (int)answer.StatusCode >= 500,
        _ => false,
    };

    // RFC 9110 section 10.2.3: seconds, or a date.
    private static TimeSpan? AskedFor(HttpResponseMessage? answer, TimeProvider time)
    {
        var asked = answer?.Headers.RetryAfter;
        var wait = asked?.Delta ?? (asked?.Date - time.GetUtcNow());
        if (wait is null)
            return null;
        return TimeSpan.FromTicks(Math.Clamp(wait.Value.Ticks, 0, LongestWait.Ticks));
    }

    private static ValueTask Announce(ILogger logger, OnRetryArguments<HttpResponseMessage> attempt, Func<Uri, string>? showUrl)
    {
        if (attempt.Context.Properties.TryGetValue(Request, out var request))
        {
            var target = showUrl is null ? request.RequestUri!.InMessages() : showUrl(request.RequestUri!);
            var failure = attempt.Outcome.Result is { } answer
                ? answer.StatusCode.InWords()
                : attempt.Outcome.Exception!.Message.Shortened().OnOneLine();
            LogRetry(logger, request.Method.Method, target, failure, attempt.RetryDelay.InWords(), attempt.AttemptNumber + 1);
        }

        return ValueTask.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Target}: {Failure}; trying again in {Delay}, repeat {Repeat}")]
    private static partial void LogRetry(ILogger logger, string method, string target, string failure, string delay, int repeat);
}
