using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Unpacking;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Client;

namespace Imgsync.Core.Adding;

/// <summary>What a server, or this machine, says of an image, and what its first bytes are.</summary>
/// <param name="Size">In bytes; null where the server does not say.</param>
/// <param name="Format">Glance's <c>disk_format</c>.</param>
/// <param name="Content">Of all its bytes; null where they were not read.</param>
internal sealed record ImageLook(long? Size, DateTimeOffset? ChangedAt, string Format, ContentFacts? Content)
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Of a packed file: much more than the head of what is in it, so that the unpacking never gets to its end.</summary>
    private const int PackedStart = 8 << 20;

    /// <param name="whole">Whether all of it is read, for its digest.</param>
    /// <exception cref="UpstreamException">There is nothing, or no disk image.</exception>
    public static async Task<ImageLook> AtAsync(UpstreamClient client, Uri image, bool whole, CancellationToken cancellationToken)
    {
        await using var body = await client.OpenAsync(image, from: 0, ifRange: null, cancellationToken);
        var packing = Packings.OfFile(image.Segments[^1]);
        var start = await ReadAsync(
            body.Content, packing is Packing.None ? DiskImageInspector.HeadLength : PackedStart, cancellationToken);
        var format = packing is Packing.None
            ? FormatOf(start.Span, body.TotalLength, image)
            : FormatOf((await UnpackAsync(start, packing, cancellationToken)).Span, size: null, image);
        return new ImageLook(
            body.TotalLength, body.ChangedAt, format, whole ? await HashAsync(start, body.Content, cancellationToken) : null);
    }

    /// <summary>The first bytes of what is in a packed file.</summary>
    private static async Task<ReadOnlyMemory<byte>> UnpackAsync(
        ReadOnlyMemory<byte> start, Packing packing, CancellationToken cancellationToken)
    {
        using var packed = new MemoryStream(start.ToArray());
        await using var unpacked = new UnpackedStream(packed, packing, most: long.MaxValue);
        return await ReadAsync(unpacked, DiskImageInspector.HeadLength, cancellationToken);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, int most, CancellationToken cancellationToken)
    {
        var bytes = new byte[most];
        return bytes.AsMemory(0, await stream.ReadAtLeastAsync(bytes, most, throwOnEndOfStream: false, cancellationToken));
    }

    private static string FormatOf(ReadOnlySpan<byte> head, long? size, Uri image)
    {
        var format = KnownMagic.AllIn(head) is [var known, ..] ? known.DiskFormat : RawDisk.HasBootSignature(head) ? "raw" : null;
        if (format is null)
            throw new UpstreamException(
                $"{image.InMessages()} is {KnownMagic.Describe(head)}, and no disk image that Glance takes; give the URL of the image "
                    + "itself.");
        if (size is not { } length)
            return format;

        var inspector = new DiskImageInspector();
        inspector.Append(head);
        return inspector.Conclude(length, format).Format;
    }

    private static async Task<ContentFacts> HashAsync(ReadOnlyMemory<byte> head, Stream rest, CancellationToken cancellationToken)
    {
        using var hasher = new ContentHasher(sha256: true);
        await hasher.WriteAsync(head, cancellationToken);
        var piece = new byte[PieceBytes];
        for (int read; (read = await rest.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken)) > 0;)
            await hasher.WriteAsync(piece.AsMemory(0, read), cancellationToken);
        return hasher.Finish();
    }
}
