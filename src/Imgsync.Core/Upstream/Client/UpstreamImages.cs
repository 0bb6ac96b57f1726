using System.Net;
using System.Net.Http.Headers;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Http;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Upstream.Client;

/// <summary>How an image is asked for, from its start or from where an earlier try ended, and which answers are taken for it.</summary>
internal sealed partial class UpstreamImages(
    UpstreamRequests requests, UpstreamOptions options, TimeProvider time, ILogger logger, PartMemory memory)
{
    public async Task<UpstreamBody> OpenAsync(Uri url, long from, string? ifRange, CancellationToken cancellationToken)
    {
        if (url.IsFile)
            return LocalFile.Open(url, from, ifRange, options.MaxImageBytes);

        var body = await BeginAsync(url, from, ifRange, cancellationToken);
        return options.ParallelStreams > 1 && body.InParts(url, ifRange) is { } file ? Widen(body, file) : body;
    }

    private async Task<UpstreamBody> BeginAsync(Uri url, long from, string? ifRange, CancellationToken cancellationToken)
    {
        if (from > 0 && await TryResumeAsync(url, from, ifRange, cancellationToken) is { } resumed)
            return resumed;

        var answer = await requests.FollowAsync(url, static _ => { }, cancellationToken);
        return await AcceptAsync(url, answer, start: 0, cancellationToken);
    }

    private async Task<UpstreamBody?> TryResumeAsync(Uri url, long from, string? ifRange, CancellationToken cancellationToken)
    {
        var answer = await requests.FollowAsync(url, request => AskFrom(request, from, ifRange), cancellationToken);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.OK:
                return await AcceptAsync(url, answer, start: 0, cancellationToken);

            case HttpStatusCode.PartialContent when ContentVersion.Continues(answer, from, ifRange):
                return await AcceptAsync(url, answer, from, cancellationToken);

            // All of it was there already, and only the last step had not been taken.
            case HttpStatusCode.RequestedRangeNotSatisfiable when answer.Content.Headers.ContentRange?.Length == from:
                return new UpstreamBody(answer, Stream.Null, from);

            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable:
                LogRestart(logger, url.IdnHost, url.AbsolutePath, from);
                answer.Dispose();
                return null;

            default:
                using (answer)
                    throw UpstreamFailure.From(url, answer);
        }
    }

    private static void AskFrom(HttpRequestMessage request, long from, string? ifRange)
    {
        request.Headers.Range = new RangeHeaderValue(from, null);
        if (ifRange is not null)
            request.Headers.TryAddWithoutValidation("If-Range", ifRange);
    }

    private async Task<UpstreamBody> AcceptAsync(Uri url, HttpResponseMessage answer, long start, CancellationToken cancellationToken)
    {
        try
        {
            if (answer.StatusCode != (start == 0 ? HttpStatusCode.OK : HttpStatusCode.PartialContent))
                throw UpstreamFailure.From(url, answer);
            // Decoding would give up what images need: a length, resuming, several connections.
            if (ContentEncodings.Applied(answer, url) is { Count: > 0 } encodings)
                throw UpstreamFailure.Encoded(
                    url, $"{ContentEncodings.Unasked(encodings)}, so its bytes are not the published ones");
            if (ContentVersion.TotalLength(answer) > options.MaxImageBytes)
                throw new ContentTooLongException(
                    $"{url.InMessages()} has more than the {options.MaxImageBytes.InBytes()} that upstream.maxImageBytes allows.");

            var bounds = new BodyBounds(url, answer.Content.Headers.ContentLength, options.MaxImageBytes - start, options.IdleTimeout);
            var content = new BodyStream(await answer.Content.ReadAsStreamAsync(cancellationToken), bounds, time);
            return new UpstreamBody(answer, content, start);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private UpstreamBody Widen(UpstreamBody trunk, RangedFile file)
    {
        var fetcher = new PartFetcher(requests, file, options.IdleTimeout, time);
        return trunk.Through(new ParallelStream(
            trunk,
            file,
            memory.PartBytes,
            from => new PartStream(fetcher, memory, from, file.Length, options.ParallelStreams),
            (from, cancellationToken) => GoOnAsync(file, from, cancellationToken),
            time,
            logger));
    }

    /// <summary>From the middle of the same version, or not at all: the bytes before have been passed on.</summary>
    private async Task<UpstreamBody> GoOnAsync(RangedFile file, long from, CancellationToken cancellationToken)
    {
        var body = await TryResumeAsync(file.Start, from, file.ETag, cancellationToken);
        if (body is { Start: var start, TotalLength: var length } && start == from && length == file.Length)
            return body;

        if (body is not null)
            await body.DisposeAsync();
        throw new UpstreamUnavailableException(
            $"{file.Start.InMessages()} has another version by now than the one whose first {from} bytes were read; try again later.");
    }

    [LoggerMessage(
        Level = LogLevel.Information, Message = "{Host}: {Path} cannot be taken up at byte {From}, because the server "
            + "does not go on with that version; starting again")]
    private static partial void LogRestart(ILogger logger, string host, string path, long from);
}
