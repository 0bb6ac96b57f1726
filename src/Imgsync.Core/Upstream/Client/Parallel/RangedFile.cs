using System.Net;

namespace Imgsync.Core.Upstream.Client.Parallel;

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
