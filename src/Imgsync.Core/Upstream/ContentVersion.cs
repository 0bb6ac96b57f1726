using System.Net;

namespace Imgsync.Core.Upstream;

/// <summary>What an answer's headers say about the file as a whole.</summary>
internal static class ContentVersion
{
    /// <summary>A validator that <c>If-Range</c> may carry (RFC 9110 section 13.1.5): never a weak ETag.</summary>
    public static string? Of(HttpResponseMessage answer) =>
        answer.Headers.ETag is { IsWeak: false } strong ? strong.Tag : answer.Content.Headers.LastModified?.ToString("R");

    public static long? TotalLength(HttpResponseMessage answer) => answer.StatusCode == HttpStatusCode.OK
        ? answer.Content.Headers.ContentLength
        : answer.Content.Headers.ContentRange?.Length;
}
