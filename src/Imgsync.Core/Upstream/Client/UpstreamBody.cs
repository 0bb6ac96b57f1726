using System.Net;
using Imgsync.Core.Http;

namespace Imgsync.Core.Upstream.Client;

/// <summary>An image on its way. Reading it throws rather than ending early, so an end means that all bytes have come.</summary>
public sealed class UpstreamBody : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;

    internal UpstreamBody(HttpResponseMessage response, Stream content, long start)
    {
        _response = response;
        Content = content;
        Start = start;
        FinalLocation = response.RequestMessage!.RequestUri!;
        Version = ContentVersion.Of(response);
        TotalLength = ContentVersion.TotalLength(response);
    }

    public Stream Content { get; }

    /// <summary>Where in the file <see cref="Content"/> begins: where it was asked to, or 0 when the server began anew.</summary>
    public long Start { get; }

    /// <summary>The whole file's length, where the server says it.</summary>
    public long? TotalLength { get; }

    /// <summary>The version of the file to resume against: its strong ETag, else its
    /// Last-Modified, else null. A resumed body may leave it out.</summary>
    public string? Version { get; }

    /// <summary>When the file changed last, where the server says it.</summary>
    public DateTimeOffset? ChangedAt => _response.Content.Headers.LastModified;

    /// <summary>The URL that answered in the end, after all redirects.</summary>
    public Uri FinalLocation { get; }

    /// <summary>The file that this body is of, where more of it can be had side by side; else null.</summary>
    internal RangedFile? InParts(Uri start, string? ifRange) => RangedFile.Of(start, _response, ifRange);

    /// <summary>The same body by way of another stream, which disposes of this one.</summary>
    internal UpstreamBody Through(Stream content) => new(_response, content, Start);

    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        _response.Dispose();
    }
}

/// <summary>What an answer's headers say about the file as a whole.</summary>
internal static class ContentVersion
{
    /// <summary>A validator that <c>If-Range</c> may carry (RFC 9110 section 13.1.5): never a weak ETag. Null where an encoding is
    /// named: nobody knows which form of the file ranges would be counted in.</summary>
    public static string? Of(HttpResponseMessage answer) =>
        ContentEncodings.Named(answer).Count > 0 ? null : StrongTag(answer) ?? answer.Content.Headers.LastModified?.ToString("R");

    public static string? StrongTag(HttpResponseMessage answer) => answer.Headers.ETag is { IsWeak: false } strong ? strong.Tag : null;

    public static long? TotalLength(HttpResponseMessage answer) => answer.StatusCode == HttpStatusCode.OK
        ? answer.Content.Headers.ContentLength
        : answer.Content.Headers.ContentRange?.Length;

    /// <summary>Whether a part may be appended to what is there. Mirrors behind one name may hold different versions, and some servers
    /// do not know <c>If-Range</c>: the part itself must not say otherwise. The digest has the last word.</summary>
    public static bool Continues(HttpResponseMessage part, long from, string? version) =>
        part.Content.Headers.ContentRange?.From == from
            && ContentEncodings.Named(part).Count == 0
            && (version is null || Of(part) is not { } now || string.Equals(now, version, StringComparison.Ordinal));
}
