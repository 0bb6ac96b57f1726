using System.Net;

namespace Imgsync.Core.Upstream.Client;

/// <summary>What an answer's headers say about the file as a whole.</summary>
internal static class ContentVersion
{
    /// <summary>A validator that <c>If-Range</c> may carry (RFC 9110 section 13.1.5): never a weak ETag.</summary>
    public static string? Of(HttpResponseMessage answer) => StrongTag(answer) ?? answer.Content.Headers.LastModified?.ToString("R");

    public static string? StrongTag(HttpResponseMessage answer) => answer.Headers.ETag is { IsWeak: false } strong ? strong.Tag : null;

    public static long? TotalLength(HttpResponseMessage answer) => answer.StatusCode == HttpStatusCode.OK
        ? answer.Content.Headers.ContentLength
        : answer.Content.Headers.ContentRange?.Length;

    /// <summary>
    /// Whether a part may be appended to what is there. Mirrors behind one name may hold different versions, and some servers
    /// do not know <c>If-Range</c>: the part itself must not say otherwise. The digest has the last word.
    /// </summary>
    public static bool Continues(HttpResponseMessage part, long from, string version) =>
        part.Content.Headers.ContentRange?.From == from && (Of(part) is not { } now || string.Equals(now, version, StringComparison.Ordinal));
}
