using System.Net;
using System.Net.Http.Headers;
using Imgsync.Core.Configuration;
using Imgsync.Core.Integrity;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Upstream;

/// <summary>Reads from publishers and their mirrors, and trusts them with neither our time nor our memory nor our network.</summary>
public sealed partial class UpstreamClient : IDisposable
{
    private readonly UpstreamOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly UpstreamConnections _connections;

    /// <exception cref="ConfigurationException">The file of certificate authorities cannot be used.</exception>
    public UpstreamClient(UpstreamOptions options, TimeProvider time, ILogger<UpstreamClient> logger)
        : this(options, time, logger, PrivateAddresses.Contains)
    {
    }

    internal UpstreamClient(UpstreamOptions options, TimeProvider time, ILogger<UpstreamClient> logger, Func<IPAddress, bool> isPrivate)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _connections = new UpstreamConnections(options, time, logger, isPrivate);
    }

    /// <summary>A small file, whole.</summary>
    /// <exception cref="UpstreamException">The file is missing, larger than allowed, or redirects where it must not.</exception>
    /// <exception cref="UpstreamUnavailableException">The server does not answer, also after some repeats.</exception>
    public async Task<byte[]> ReadAsync(Uri url, int maxBytes, CancellationToken cancellationToken) =>
        await ReadIfPresentAsync(url, maxBytes, cancellationToken) ?? throw UpstreamFailure.Missing(url);

    /// <summary>A small file, whole, or null when the server says that there is none.</summary>
    public async Task<byte[]?> ReadIfPresentAsync(Uri url, int maxBytes, CancellationToken cancellationToken) =>
        (await FindAsync(url, maxBytes, cancellationToken))?.Content;

    /// <summary>A small file with its version, or null when the server says that there is none.</summary>
    public async Task<UpstreamFile?> FindAsync(Uri url, int maxBytes, CancellationToken cancellationToken)
    {
        using var answer = await FollowAsync(url, request => request.Options.Set(SmallAnswers.Bound, maxBytes), cancellationToken);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => new UpstreamFile(await answer.Content.ReadAsByteArrayAsync(cancellationToken), FileVersion.Of(answer)),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => null,
            _ => throw UpstreamFailure.From(url, answer),
        };
    }

    /// <summary>Whether the server says that the file is still the version we know. Whatever else it says, it must be read anew.</summary>
    public async Task<bool> IsUnchangedAsync(Witness witness, int maxBytes, CancellationToken cancellationToken)
    {
        using var answer = await FollowAsync(witness.Location, request =>
        {
            request.Options.Set(SmallAnswers.Bound, maxBytes);
            witness.Version.Expect(request);
        }, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotModified;
    }

    /// <summary>An image, as a stream from <paramref name="from"/> on where the server can do that for the same version, else from the start.</summary>
    /// <param name="ifRange">The <see cref="UpstreamBody.Version"/> that the bytes before <paramref name="from"/> belong to; without it there is no resuming.</param>
    /// <exception cref="ContentTooLongException">The image is larger than allowed.</exception>
    public async Task<UpstreamBody> OpenAsync(Uri url, long from, string? ifRange, CancellationToken cancellationToken)
    {
        if (from > 0 && ifRange is not null && await TryResumeAsync(url, from, ifRange, cancellationToken) is { } resumed)
            return resumed;

        var answer = await FollowAsync(url, static _ => { }, cancellationToken);
        return await OpenAsync(url, answer, start: 0, cancellationToken);
    }

    public void Dispose() => _connections.Dispose();

    private async Task<UpstreamBody?> TryResumeAsync(Uri url, long from, string ifRange, CancellationToken cancellationToken)
    {
        var answer = await FollowAsync(url, request => AskFrom(request, from, ifRange), cancellationToken);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.OK:
                return await OpenAsync(url, answer, start: 0, cancellationToken);

            case HttpStatusCode.PartialContent when ContentVersion.Continues(answer, from, ifRange):
                return await OpenAsync(url, answer, from, cancellationToken);

            // All of it was there already, and only the last step had not been taken.
            case HttpStatusCode.RequestedRangeNotSatisfiable when answer.Content.Headers.ContentRange?.Length == from:
                return new UpstreamBody(answer, Stream.Null, from);

            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable:
                LogRestart(_logger, url.IdnHost, url.AbsolutePath, from);
                answer.Dispose();
                return null;

            default:
                using (answer)
                    throw UpstreamFailure.From(url, answer);
        }
    }

    private static void AskFrom(HttpRequestMessage request, long from, string ifRange)
    {
        request.Headers.Range = new RangeHeaderValue(from, null);
        request.Headers.TryAddWithoutValidation("If-Range", ifRange);
    }

    private async Task<UpstreamBody> OpenAsync(Uri url, HttpResponseMessage answer, long start, CancellationToken cancellationToken)
    {
        try
        {
            if (answer.StatusCode != (start == 0 ? HttpStatusCode.OK : HttpStatusCode.PartialContent))
                throw UpstreamFailure.From(url, answer);
            if (answer.Content.Headers.ContentEncoding.FirstOrDefault(encoding => encoding is not "identity") is { } encoding)
                throw new UpstreamException($"GET {url.InMessages()} answered {encoding}-encoded bytes, which are not the published ones; the mirror must serve images as they are.");
            if (ContentVersion.TotalLength(answer) > _options.MaxImageBytes)
                throw new ContentTooLongException($"{url.InMessages()} has {ContentVersion.TotalLength(answer)} bytes, and upstream.maxImageBytes allows {_options.MaxImageBytes}.");

            var bounds = new BodyBounds(url, answer.Content.Headers.ContentLength, _options.MaxImageBytes - start, _options.IdleTimeout);
            var content = new BodyStream(await answer.Content.ReadAsStreamAsync(cancellationToken), bounds, _time);
            return new UpstreamBody(answer, content, start);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(Uri start, Action<HttpRequestMessage> shape, CancellationToken cancellationToken)
    {
        var url = start;
        for (var redirects = 0; redirects <= RedirectRules.MaxRedirects; redirects++)
        {
            var answer = await SendAsync(start, url, shape, cancellationToken);
            if (!IsRedirect(answer.StatusCode))
                return answer;
            using (answer)
                url = RedirectRules.Follow(start, url, answer.Headers.Location);
        }

        throw RedirectRules.TooMany(start);
    }

    private async Task<HttpResponseMessage> SendAsync(Uri start, Uri url, Action<HttpRequestMessage> shape, CancellationToken cancellationToken)
    {
        // Not disposed of: the answer refers to it, and it has no body.
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        shape(request);
        try
        {
            return await _connections.To(url, start).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception exception) when (exception is not ImgsyncException && !cancellationToken.IsCancellationRequested)
        {
            throw UpstreamFailure.From(url, exception, _options.IdleTimeout);
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => status
        is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Host}: {Path} cannot be taken up at byte {From}, because the server has another version by now; starting again")]
    private static partial void LogRestart(ILogger logger, string host, string path, long from);
}
