using System.Net;
using System.Net.Http.Headers;
using Imgsync.Core.Http;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Fetches one range of a file, and takes nothing but that range of that version.</summary>
internal sealed class PartFetcher(UpstreamRequests requests, RangedFile file, TimeSpan patience, TimeProvider time)
{
    /// <exception cref="UpstreamException">The server gives something else: it does not want to serve parts, or not now.</exception>
    /// <exception cref="RetriableException">The server cannot be reached or broke off, twice.</exception>
    public async Task FetchAsync(Part part, CancellationToken cancellationToken)
    {
        try
        {
            await FetchAsync(part, file.Location, cancellationToken);
        }
        catch (RetriableException)
        {
            // From the first URL: of many mirrors behind it, the one that failed need not be the only one.
            await FetchAsync(part, file.Start, cancellationToken);
        }
    }

    private async Task FetchAsync(Part part, Uri url, CancellationToken cancellationToken)
    {
        using var answer = await requests.FollowAsync(file.Start, url, request => AskFor(request, part), cancellationToken);
        if (Fault(answer, part) is { } fault)
            throw Refused(part, fault);

        part.Promise();
        var bounds = new BodyBounds(file.Location, part.Bytes.Length, long.MaxValue, patience);
        await using var content = new BodyStream(await answer.Content.ReadAsStreamAsync(cancellationToken), bounds, time);
        await content.ReadExactlyAsync(part.Bytes, cancellationToken);
        // An answer in chunks announces no length, and may have more to say.
        if (await content.ReadAsync(new byte[1], cancellationToken) > 0)
            throw Refused(part, "went on after its end");
    }

    private void AskFor(HttpRequestMessage request, Part part)
    {
        request.Headers.Range = new RangeHeaderValue(part.From, part.To);
        request.Headers.TryAddWithoutValidation("If-Range", file.ETag);
        // A server that is busy is not to be asked again by us while another connection to it is open.
        request.Options.Set(RetryingHandler.Once, true);
    }

    /// <summary>What is wrong with an answer. Some servers do not know <c>If-Range</c>, and mirrors behind
    /// one name may differ: each part must say what it is.</summary>
    private string? Fault(HttpResponseMessage answer, Part part)
    {
        var headers = answer.Content.Headers;
        if (answer.StatusCode != HttpStatusCode.PartialContent)
            return $"answered {answer.StatusCode.InWords()}";
        if (ContentVersion.StrongTag(answer) != file.ETag || headers.ContentRange?.Length != file.Length)
            return "answered with another version of the file";
        if (!headers.ContentRange.Equals(new ContentRangeHeaderValue(part.From, part.To, file.Length)))
            return "answered with another range";
        if (headers.ContentLength is { } length && length != part.Bytes.Length)
            return $"announced {length} bytes";
        return ContentEncodings.Named(answer) is { Count: > 0 } encodings ? $"answered with {ContentEncodings.Unasked(encodings)}" : null;
    }

    private UpstreamException Refused(Part part, string fault) =>
        new(
            $"GET {file.Location.InMessages()} for the {part.Bytes.Length} bytes from byte {part.From} on {fault}; set "
                + "upstream.parallelStreams to 1 if the server keeps to it.");
}

/// <summary>A file that its server gives in parts, each of which can be told to belong to this version of it.</summary>
/// <param name="Start">The URL first asked for.</param>
/// <param name="Location">The URL that answered.</param>
/// <param name="ETag">Strong: a date is to the second, and two versions of one second would be mixed.</param>
internal sealed record RangedFile(Uri Start, Uri Location, string ETag, long Length)
{
    /// <summary>Null where the answer does not say all that takes.</summary>
    /// <param name="ifRange">The version that was asked for, which a resumed answer need not repeat.</param>
    public static RangedFile? Of(Uri start, HttpResponseMessage answer, string? ifRange)
    {
        if (ContentEncodings.Named(answer).Count > 0)
            return null;
        var resumed = answer.StatusCode == HttpStatusCode.PartialContent;
        var length = ContentVersion.TotalLength(answer);
        if (!resumed && !answer.Headers.AcceptRanges.Contains("bytes"))
            return null;
        if (length is null || (answer.Content.Headers.ContentRange?.From ?? 0) + answer.Content.Headers.ContentLength != length)
            return null;
        return (ContentVersion.StrongTag(answer) ?? (resumed ? ifRange : null)) is { } tag && tag.StartsWith('"')
            ? new RangedFile(start, answer.RequestMessage!.RequestUri!, tag, length.Value)
            : null;
    }
}
