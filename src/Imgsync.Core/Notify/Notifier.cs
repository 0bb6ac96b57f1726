using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Http;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Microsoft.Extensions.Logging;
using Polly.Timeout;
using RestSharp;

namespace Imgsync.Core.Notify;

/// <summary>Tells receivers what a run found and did. Nothing that it says of a receiver holds more of its URL than the host.</summary>
public sealed class Notifier(ImgsyncOptions options, Outbox outbox, Installation installation, TimeProvider time, ILogger<Notifier> logger)
{
    /// <summary>A chat is not worth a long wait; whoever sends a run's news tries again by itself.</summary>
    private const int Retries = 2;

    private const int LargestAnswer = 64 * 1024;

    private const string UnknownInstallation = "unknown";

    /// <summary>Keeps a run's news for those who are to be told of them. Must be called before the run changes how images stand.</summary>
    /// <returns>The places in the settings of those who are.</returns>
    public async Task<IReadOnlyList<int>> CollectAsync(Standing before, SyncReport report, CancellationToken cancellationToken)
    {
        var name = await installation.NameAsync(cancellationToken);
        return await CollectAsync(
            report.Run, before.Runs.Any(run => run.Run == report.Run), () => RunNews.Of(before, report, name), cancellationToken);
    }

    /// <summary>Keeps the news that a run has no report, likewise.</summary>
    /// <param name="failure">What kind of failure it was, to count by.</param>
    public async Task<IReadOnlyList<int>> CollectAsync(
        Standing before, RunId run, DateTimeOffset at, string failure, string reason, CancellationToken cancellationToken)
    {
        var name = await installation.NameAsync(cancellationToken);
        return await CollectAsync(
            run, before.Unplanned?.Run == run, () => RunNews.OfUnplanned(before, run, at, failure, reason, name), cancellationToken);
    }

    /// <param name="isKnown">A second call, after a try that was lost: the standing has this run by now, and what there was to tell is
    /// kept.</param>
    private async Task<IReadOnlyList<int>> CollectAsync(
        RunId run, bool isKnown, Func<RunNews> write, CancellationToken cancellationToken)
    {
        var news = isKnown ? await outbox.FindAsync(run, cancellationToken) : write();
        if (news is null)
            return [];

        int[] due = [.. Enumerable.Range(0, options.Notify.Count).Where(place => news.For(options.Notify[place]) is not [])];
        if (due is not [] && !isKnown)
            await outbox.KeepAsync(news, cancellationToken);
        return due;
    }

    /// <summary>Sends a run's news to one receiver. May be called again: each message keeps its id.</summary>
    /// <exception cref="ReceiverUnavailableException">It did not take them, and may do so later.</exception>
    /// <exception cref="ReceiverRefusedException">It does not take them.</exception>
    public async Task SendAsync(RunId run, int place, CancellationToken cancellationToken)
    {
        if (place < options.Notify.Count && await outbox.FindAsync(run, cancellationToken) is { } news)
            await SendAsync(news, place, cancellationToken);
    }

    /// <summary>Who is told of a failure that cannot be kept: whoever wants failures, since nobody can say whether it is news.</summary>
    /// <returns>Their places in the settings.</returns>
    public IReadOnlyList<int> Receivers(RunFailure unkept)
    {
        var news = unkept.News(UnknownInstallation);
        return [.. Enumerable.Range(0, options.Notify.Count).Where(place => news.For(options.Notify[place]) is not [])];
    }

    /// <summary>Sends one receiver a failure that could not be kept, without the store.</summary>
    /// <inheritdoc cref="SendAsync(RunId, int, CancellationToken)"/>
    public async Task SendAsync(RunFailure unkept, int place, CancellationToken cancellationToken)
    {
        if (place < options.Notify.Count)
            await SendAsync(unkept.News(await TryNameAsync()), place, cancellationToken);

        async Task<string> TryNameAsync()
        {
            try
            {
                return await installation.NameAsync(cancellationToken);
            }
            catch (ImgsyncException)
            {
                return UnknownInstallation; // its name is in the store
            }
        }
    }

    /// <summary>Sends a receiver a message that says nothing has happened.</summary>
    /// <inheritdoc cref="SendAsync(RunId, int, CancellationToken)"/>
    public async Task SendSampleAsync(int place, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var sample = new NewsItem { Occasion = Occasion.Published };
        var news = new RunNews(RunId.New(now), await installation.NameAsync(cancellationToken), now, now, [sample]) { IsSample = true };
        await SendAsync(news, place, cancellationToken);
    }

    /// <summary>Asks whether a receiver is there, without a message. Any answer will do, because few know such a question.</summary>
    /// <inheritdoc cref="SendAsync(RunId, int, CancellationToken)"/>
    public async Task ReachAsync(int place, CancellationToken cancellationToken)
    {
        using var http = Open(place);
        using var rest = Wrap(http);
        var server = new Uri(Url(place).GetLeftPart(UriPartial.Authority));
        var answer = await rest.ExecuteAsync(new RestRequest(server, Method.Head), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (answer.ErrorException is { } failure)
            throw WithoutAnswer(place, failure);
    }

    /// <summary>A receiver in messages: <c>notify[0] (slack at hooks.slack.example)</c>.</summary>
    public string Name(int place) => string.Create(
        CultureInfo.InvariantCulture,
        $"notify[{place}] ({Word.Of(options.Notify[place].Form)} at {Url(place).Authority.OnOneLine()})");

    private async Task SendAsync(RunNews news, int place, CancellationToken cancellationToken)
    {
        using var http = Open(place);
        using var rest = Wrap(http);
        foreach (var message in MessageRequest.All(options.Notify[place], news))
            await SendAsync(rest, message, place, cancellationToken);
    }

    private async Task SendAsync(RestClient rest, MessageRequest message, int place, CancellationToken cancellationToken)
    {
        var receiver = options.Notify[place];
        var request = new RestRequest(message.Url, message.Method == HttpMethod.Put ? Method.Put : Method.Post)
            .AddStringBody(System.Text.Encoding.UTF8.GetString(message.Body), message.ContentType);
        request.AddHeaders([.. message.Headers]);
        if (receiver.Form is MessageForm.Cloudevents)
            request.AddHeaders([.. WebhookSignature.Headers(message, Key(receiver), time.GetUtcNow())]);

        var answer = await rest.ExecuteAsync(request, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (answer.ErrorException is { } failure)
            throw WithoutAnswer(place, failure);
        if (!answer.IsSuccessStatusCode)
            throw Refusal(place, answer.StatusCode);
    }

    private static byte[]? Key(NotifyOptions receiver) => receiver.Secret is { } secret ? NotifyRules.Key(secret.Reveal()) : null;

    private HttpClient Open(int place)
    {
        var receiver = options.Notify[place];
        var setting = string.Create(CultureInfo.InvariantCulture, $"notify[{place}]");
        var tls = receiver switch
        {
            { CaPem: { Length: > 0 } pem } => ExtraAuthorities.TrustValue(pem, $"{setting}.caPem"),
            { CaFile.Length: > 0 } => ExtraAuthorities.Trust(receiver.CaFile, $"{setting}.caFile"),
            _ => ExtraAuthorities.Trust(options.Upstream.CaFile, "upstream.caFile"),
        };
        return HttpClients.Open(
            HttpClients.Sockets(receiver.Timeout, tls), Retries, receiver.Timeout, time, logger, LargestAnswer,
            showUrl: url => url.GetLeftPart(UriPartial.Authority));
    }

    private static RestClient Wrap(HttpClient http) => new(http, new RestClientOptions
    {
        Timeout = Timeout.InfiniteTimeSpan,
        // A redirect would carry the message, its signature or a token to another host.
        FollowRedirects = false,
        DisableCharset = true,
        SetErrorExceptionOnUnsuccessfulStatusCode = false,
        UserAgent = "imgsync",
    });

    private Uri Url(int place) => new(options.Notify[place].Url!.Reveal());

    private ImgsyncException Refusal(int place, HttpStatusCode status)
    {
        var told = $"Cannot tell {Name(place)}: it answered {status.InWords()}; ";
        return status switch
        {
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new ReceiverUnavailableException(told + "see how it is, or try again later.", null),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
                new ReceiverRefusedException(told + "redirects are not followed, so set the URL that it points to.", null),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new ReceiverRefusedException(told + "check its token or signing secret, and that it still takes messages.", null),
            HttpStatusCode.NotFound or HttpStatusCode.Gone =>
                new ReceiverRefusedException(told + "check its URL, which may have been taken back; make a new one there.", null),
            _ => new ReceiverRefusedException(told + "check that its form is the one that this receiver understands.", null),
        };
    }

    private ImgsyncException WithoutAnswer(int place, Exception failure)
    {
        var told = $"Cannot tell {Name(place)}";
        var known = failure;
        while (known is not (TimeoutRejectedException or TimeoutException or ProxyException or ImgsyncException
            or HttpRequestException { HttpRequestError: not HttpRequestError.Unknown }) && known.InnerException is { } inner)
            known = inner;
        return known switch
        {
            ImgsyncException ours => ours,
            ProxyException { MayPass: true } proxy => new ReceiverUnavailableException($"{told}: {proxy.Message}.", failure),
            ProxyException proxy => new ReceiverRefusedException($"{told}: {proxy.Message}.", failure),
            TimeoutRejectedException or TimeoutException => new ReceiverUnavailableException(
                $"{told}: it did not answer within {options.Notify[place].Timeout.InWords()}; check that it is up.", failure),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new ReceiverRefusedException(
                $"{told}: there is no TLS with it that we trust; name its authority in its caFile.", failure),
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => new ReceiverRefusedException(
                $"{told}: its answer is larger than {LargestAnswer.InBytes()}; check that the URL is a webhook's.", failure),
            _ when HostNames.IsUnknown(failure) => new ReceiverRefusedException(
                $"{told}: there is no host of that name; correct its URL, or look at this machine's DNS.", failure),
            _ => new ReceiverUnavailableException(
                $"{told}: it cannot be reached ({Why(failure)}); check that it is up and that nothing blocks the way.", failure),
        };
    }

    /// <summary>The socket's own words; any other exception's might quote the URL.</summary>
    private static string Why(Exception? failure)
    {
        while (failure is not (null or SocketException))
            failure = failure.InnerException;
        return failure is SocketException { SocketErrorCode: var code } ? $"{code}" : "the connection broke";
    }
}

/// <summary>A receiver did not take a message, and may do so later.</summary>
public sealed class ReceiverUnavailableException(string message, Exception? cause) : RetriableException(message, cause);

/// <summary>A receiver does not take a message.</summary>
public sealed class ReceiverRefusedException(string message, Exception? cause) : ImgsyncException(message, cause);
