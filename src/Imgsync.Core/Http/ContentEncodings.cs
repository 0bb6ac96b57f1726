using System.IO.Compression;

namespace Imgsync.Core.Http;

/// <summary>Reads what servers have compressed although every request asks for the bytes as they are.</summary>
internal static class ContentEncodings
{
    /// <summary>No server needs more; a stream that decodes to itself could go on for ever.</summary>
    private const int Most = 4;

    /// <summary>File endings of compressed forms, which servers may name as if they were an encoding of theirs.</summary>
    private static readonly Dictionary<string, string> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        [".gz"] = "gzip",
        [".tgz"] = "gzip",
        [".z"] = "compress",
        [".bz2"] = "bzip2",
        [".xz"] = "xz",
        [".zst"] = "zstd",
        [".br"] = "br",
    };

    /// <summary>The encodings that an answer names, in the order in which they were applied. Left out are <c>identity</c>, and S3's
    /// <c>aws-chunked</c>, which stays in the header after the chunks are gone.</summary>
    public static IReadOnlyList<string> Named(HttpResponseMessage answer) =>
        answer.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var values)
            ? [.. values
                .SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Select(Plain)
                .Where(name => name is not ("identity" or "aws-chunked"))]
            : [];

    /// <summary>The encodings that made other bytes of the file than the published ones. A file that is called <c>.gz</c> is gzip by
    /// itself, and some servers say so in this header.</summary>
    public static IReadOnlyList<string> Applied(HttpResponseMessage answer, Uri url) =>
        Named(answer) is var named && named is [var one] && Endings.GetValueOrDefault(Path.GetExtension(url.AbsolutePath)) == one
            ? []
            : named;

    /// <param name="encodings">In the order in which they were applied.</param>
    /// <param name="maxBytes">The most bytes that any decoded form may have: what a small stream decodes to may be a thousand times
    /// larger.</param>
    /// <returns>The decoded bytes, or what is wrong with the answer, as the end of a sentence.</returns>
    public static (byte[] Content, string? Fault) Decode(byte[] content, IReadOnlyList<string> encodings, int maxBytes)
    {
        if (encodings.Count == 0 || content.Length == 0)
            return (content, null);
        if (encodings.Count > Most)
            return ([], $"{Unasked(encodings)}, {encodings.Count} encodings one upon the other");

        foreach (var encoding in encodings.Reverse())
        {
            try
            {
                if (DecodeOnce(content, encoding, maxBytes) is not { } decoded)
                    return ([], $"{Unasked(encodings)}, and decodes to more than the {maxBytes.InBytes()} that such a file can have");
                content = decoded;
            }
            catch (NotSupportedException)
            {
                return ([], $"{Unasked(encodings)} and which Imgsync cannot decode");
            }
            catch (Exception broken) when (broken is InvalidDataException or InvalidOperationException)
            {
                return ([], $"{Unasked(encodings)}, and what came is not whole {encoding}");
            }
        }

        return (content, null);
    }

    /// <summary>For messages: a header that names an encoding.</summary>
    public static string Unasked(IReadOnlyList<string> encodings) =>
        $"Content-Encoding: {string.Join(", ", encodings).Shortened(60)}, which nobody asked for";

    /// <returns>Null where there are too many bytes.</returns>
    private static byte[]? DecodeOnce(byte[] content, string encoding, int maxBytes)
    {
        // After a gzip stream .NET looks for another one, so there is a byte that begins none.
        using var source = new WholeStream(encoding is "gzip" ? [.. content, 0] : content);
        using Stream decoder = encoding switch
        {
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            // RFC 9110 means zlib's format, and some servers send what is within it.
            "deflate" when IsZLib(content) => new ZLibStream(source, CompressionMode.Decompress),
            "deflate" => new DeflateStream(source, CompressionMode.Decompress),
            _ => throw new NotSupportedException(),
        };
        using var decoded = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (decoder.Read(buffer) is > 0 and var count)
        {
            if (decoded.Length + count > maxBytes)
                return null;
            decoded.Write(buffer, 0, count);
        }

        return source.Overread ? throw new InvalidDataException() : decoded.ToArray();
    }

    private static bool IsZLib(byte[] content) =>
        content.Length >= 2 && (content[0] & 0x0f) == 8 && ((content[0] << 8) | content[1]) % 31 == 0;

    private static string Plain(string name) =>
        name.ToLowerInvariant() is var plain && plain.StartsWith("x-", StringComparison.Ordinal) ? plain[2..] : plain;

    /// <summary>.NET's decoders take the end of their source for that of the stream; one that asks for more was cut short.</summary>
    private sealed class WholeStream(byte[] content) : MemoryStream(content, writable: false)
    {
        public bool Overread { get; private set; }

        // MemoryStream leads its other ways of reading here when it is derived from.
        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, count);
            Overread |= read == 0 && count > 0;
            return read;
        }
    }
}
