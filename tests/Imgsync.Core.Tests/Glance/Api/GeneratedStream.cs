namespace Imgsync.Core.Tests.Glance.Api;

/// <summary>A live source of zeros of any length, which cannot seek and may break off: what a pipe from upstream looks like.</summary>
internal sealed class GeneratedStream(long length, long breakAt = long.MaxValue) : Stream
{
    private long _position;

    /// <summary>Called before each block, with the bytes given so far.</summary>
    public Func<long, Task> OnRead { get; init; } = _ => Task.CompletedTask;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await OnRead(_position);
        if (_position >= breakAt)
            throw new InvalidDataException("the source broke");

        var count = (int)Math.Min(buffer.Length, Math.Min(length, breakAt) - _position);
        buffer[..count].Span.Clear();
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
