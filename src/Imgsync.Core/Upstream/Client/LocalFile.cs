using System.Net;
using System.Net.Http.Headers;
using Imgsync.Core.Content;

namespace Imgsync.Core.Upstream.Client;

/// <summary>An image on this machine, which only an operator's own entry names: answered as a server would answer for it.</summary>
internal static class LocalFile
{
    /// <param name="ifRange">Of the version that the bytes before <paramref name="from"/> belong to.</param>
    /// <exception cref="UpstreamException">It is not there, or not for us to read.</exception>
    /// <exception cref="ContentTooLongException">It is larger than allowed.</exception>
    public static UpstreamBody Open(Uri url, long from, string? ifRange, long maxBytes)
    {
        var file = Open(url);
        var changed = new DateTimeOffset(File.GetLastWriteTimeUtc(file.SafeFileHandle));
        var start = from <= file.Length && (ifRange is null || ifRange == changed.ToString("R")) ? from : 0;
        if (file.Length > maxBytes)
        {
            file.Dispose();
            throw new ContentTooLongException(
                $"{url.LocalPath} has more than the {maxBytes.InBytes()} that upstream.maxImageBytes allows.");
        }

        file.Position = start;
        var answer = new HttpResponseMessage(start == 0 ? HttpStatusCode.OK : HttpStatusCode.PartialContent)
        {
            RequestMessage = new HttpRequestMessage(HttpMethod.Get, url),
            Content = new StreamContent(file),
        };
        answer.Content.Headers.ContentLength = file.Length - start;
        answer.Content.Headers.LastModified = changed;
        if (start > 0)
            answer.Content.Headers.ContentRange = new ContentRangeHeaderValue(start, file.Length - 1, file.Length);
        return new UpstreamBody(answer, file, start);
    }

    private static FileStream Open(Uri url)
    {
        try
        {
            return new FileStream(url.LocalPath, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UpstreamException(
                $"Reading the image {url.LocalPath} failed: {exception.Message} Correct its url in the catalogue, or its permissions.",
                exception);
        }
    }
}
