namespace Imgsync.Core.Upstream;

/// <summary>What a server calls a file's present version by (RFC 9110 section 8.8), so that
/// it can be asked later whether that has changed.</summary>
/// <param name="ETag">As it stood in the header, weak or strong: to compare, either will do.</param>
/// <param name="LastModified">Counts only where there is no ETag; to the second.</param>
public sealed record FileVersion(string? ETag, DateTimeOffset? LastModified)
{
    /// <summary>Null where the server gives its files no versions.</summary>
    internal static FileVersion? Of(HttpResponseMessage answer) =>
        (answer.Headers.ETag?.ToString(), answer.Content.Headers.LastModified) is var (tag, modified)
            && (tag is not null || modified is not null)
            ? new FileVersion(tag, tag is null ? modified : null)
            : null;

    /// <summary>Makes a request that is answered with 304 Not Modified as long as the file is this version.</summary>
    internal void Expect(HttpRequestMessage request)
    {
        if (ETag is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ETag);
        else
            request.Headers.IfModifiedSince = LastModified;
    }
}

/// <summary>A small file as a server has it now.</summary>
/// <param name="Version">Null where the server gives its files no versions.</param>
/// <param name="Location">The URL that answered, after all redirects.</param>
public sealed record UpstreamFile(byte[] Content, FileVersion? Version, Uri Location);

/// <summary>The one file that an index derives everything else from: while it stays as it is, so does the newest image.</summary>
public sealed record Witness(Uri Location, FileVersion Version);
