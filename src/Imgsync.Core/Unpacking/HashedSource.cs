using System.Runtime.ExceptionServices;
using Imgsync.Core.Content;

namespace Imgsync.Core.Unpacking;

/// <summary>A packed file as the unpackers read it, on a thread of their own: every byte is hashed on its way.</summary>
/// <param name="sha256">Whether SHA-256 is wanted beside SHA-512.</param>
/// <param name="beside">What else the bytes go to; null for nothing.</param>
internal sealed class HashedSource(Stream packed, bool sha256, IByteSink? beside) : ForwardStream
{
    private readonly ContentHasher _hasher = new(sha256);
    private readonly byte[] _block = new byte[BytePass.BlockBytes];
    private int _filled;
    private int _next;
    private long _passed;
    private ExceptionDispatchInfo? _failure;

    /// <summary>How many bytes have been read; xz pads its blocks by it.</summary>
    public override long Position { get => _passed - _filled + _next; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        if (_next == _filled && !Fill())
            return 0;
        var count = Math.Min(buffer.Length, _filled - _next);
        _block.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int ReadByte() => _next < _filled || Fill() ? _block[_next++] : -1;

    /// <summary>The byte that comes next; negative at the end.</summary>
    public int Peek() => _next < _filled || Fill() ? _block[_next] : -1;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    /// <summary>Reads what no unpacker has asked for: it is part of the file.</summary>
    public ContentFacts Finish()
    {
        while (Fill())
        {
        }

        return _hasher.Finish();
    }

    /// <summary>A failure to read says nothing about what is read.</summary>
    public void ThrowFailure() => _failure?.Throw();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hasher.Dispose();
        base.Dispose(disposing);
    }

    private bool Fill()
    {
        try
        {
            (_next, _filled) = (0, packed.ReadAtLeast(_block, _block.Length, throwOnEndOfStream: false));
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
            throw;
        }

        _passed += _filled;
        if (_filled == 0)
            return false;
        Give(_hasher);
        if (beside is not null)
            Give(beside);
        return true;
    }

    private void Give(IByteSink sink) =>
        sink.WriteAsync(_block.AsMemory(0, _filled), CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
