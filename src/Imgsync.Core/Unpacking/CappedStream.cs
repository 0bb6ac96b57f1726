using Imgsync.Core.Content;

namespace Imgsync.Core.Unpacking;

/// <summary>What comes out of an unpacker, up to a size: a few kilobytes can claim to be a petabyte.</summary>
/// <param name="most">In bytes.</param>
internal sealed class CappedStream(Stream unpacked, long most) : ForwardStream
{
    private long _passed;

    public override int Read(Span<byte> buffer)
    {
        var read = unpacked.Read(buffer);
        _passed += read;
        return _passed <= most
            ? read
            : throw new PackedContentException($"unpacks to more than {most.InBytes()}, the most that may come of it");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
}
