using Imgsync.Core.Content;
using SharpCompress.Compressors.Xz;

namespace Imgsync.Core.Unpacking;

/// <summary>An xz file: one stream after another, with zeros between them (the .xz file format, section 2). The library reads one.
/// </summary>
internal sealed class XzStreams(HashedSource file) : ForwardStream
{
    private XZStream? _stream = new(file);

    /// <summary>The library reads into arrays; nobody else does.</summary>
    private readonly byte[] _block = new byte[BytePass.BlockBytes];

    public override int Read(Span<byte> buffer)
    {
        while (_stream is not null && !buffer.IsEmpty)
        {
            if (_stream.Read(_block, 0, Math.Min(buffer.Length, _block.Length)) is > 0 and var read)
            {
                _block.AsSpan(0, read).CopyTo(buffer);
                return read;
            }

            while (file.Peek() == 0)
                file.ReadByte();
            _stream = file.Peek() < 0 ? null : new XZStream(file);
        }

        return 0;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
}
