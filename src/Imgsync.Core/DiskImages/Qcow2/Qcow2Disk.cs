using Imgsync.Core.Content;

namespace Imgsync.Core.DiskImages.Qcow2;

/// <summary>
/// The disk in a qcow2 image, front to back: what <c>qemu-img convert -O raw</c> writes, in the memory of a few clusters. Where the disk
/// is empty nothing is read. Refcounts are not looked at, since nothing is written.
/// </summary>
public sealed class Qcow2Disk : ForwardStream
{
    private readonly IRandomReader _image;
    private readonly Qcow2Layout _layout;
    private readonly Qcow2Map _map;
    private readonly CompressedClusters _compressed;
    private ReadOnlyMemory<byte> _cluster;
    private Extent _extent;
    private long _position;

    private Qcow2Disk(IRandomReader image, Qcow2Layout layout)
    {
        _image = image;
        _layout = layout;
        _map = new Qcow2Map(image, layout);
        _compressed = new CompressedClusters(image, layout);
    }

    /// <summary>The disk's, in bytes.</summary>
    public override long Length => _layout.DiskLength;

    /// <param name="image">Whoever opened it closes it.</param>
    /// <param name="most">How long the disk may be, in bytes.</param>
    /// <exception cref="DiskImageException">It is no such image, needs another file or a key, was not closed, or its disk is too long.
    /// Reading throws it, too, where the tables or a cluster are damaged.</exception>
    public static async Task<Qcow2Disk> OpenAsync(IRandomReader image, long most, CancellationToken cancellationToken)
    {
        var head = new byte[long.Min(DiskImageInspector.HeadLength, image.Length)];
        await image.FillAsync(0, head, cancellationToken);
        return new Qcow2Disk(image, Qcow2Layout.Of(head, image.Length, most));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_extent.Length == 0 && _position < _layout.DiskLength)
        {
            _extent = await _map.FromAsync(_position, cancellationToken);
            if (_extent.Kind is ExtentKind.Compressed)
                _cluster = await _compressed.ReadAsync(_extent, cancellationToken);
        }

        var wanted = buffer[..(int)long.Min(buffer.Length, _extent.Length)];
        switch (_extent.Kind)
        {
            case ExtentKind.Zeros:
                wanted.Span.Clear();
                break;
            case ExtentKind.Stored:
                await _image.FillAsync(_extent.Offset, wanted, cancellationToken);
                break;
            default:
                _cluster[..wanted.Length].CopyTo(wanted);
                _cluster = _cluster[wanted.Length..];
                break;
        }

        _position += wanted.Length;
        _extent = _extent with { Length = _extent.Length - wanted.Length, Offset = _extent.Offset + wanted.Length };
        return wanted.Length;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _compressed.Dispose();
        base.Dispose(disposing);
    }
}
