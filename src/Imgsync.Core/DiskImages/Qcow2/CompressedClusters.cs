using System.IO.Compression;
using Imgsync.Core.Content;
using SharpCompress.Compressors.ZStandard;

namespace Imgsync.Core.DiskImages.Qcow2;

/// <summary>Undoes the compression of single clusters. Both libraries are the ones that packed files are undone with (docs/adr/0022).
/// </summary>
internal sealed class CompressedClusters(IRandomReader image, Qcow2Layout layout) : IDisposable
{
    private readonly Decompressor? _zstandard = layout.IsZstandard ? new Decompressor() : null;
    private readonly byte[] _cluster = new byte[layout.ClusterSize];
    private byte[] _compressed = [];

    /// <summary>The whole cluster, until the next call.</summary>
    /// <exception cref="DiskImageException">It does not come out whole.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Extent extent, CancellationToken cancellationToken)
    {
        if (_compressed.Length < extent.CompressedLength)
            _compressed = new byte[extent.CompressedLength];
        await image.FillAsync(extent.Offset, _compressed.AsMemory(0, extent.CompressedLength), cancellationToken);
        Undo(extent);
        return _cluster;
    }

    public void Dispose() => _zstandard?.Dispose();

    private void Undo(Extent extent)
    {
        try
        {
            var filled = _zstandard is null ? Inflate(extent.CompressedLength) : Unwrap(_zstandard, extent.CompressedLength);
            if (filled != _cluster.Length)
                throw new InvalidDataException($"{filled} of {_cluster.Length} bytes came out");
        }
        catch (Exception failure)
        {
            // Hostile bytes make the libraries throw whatever they like.
            throw new DiskImageException(
                $"The qcow2 image's compressed cluster at {extent.Offset} is damaged ({failure.Message.OnOneLine().Shortened()}): "
                + "fetch it again, or ask its publisher.");
        }
    }

    /// <summary>"deflate" without a header (RFC 1951), which may end early or go on; what matters is that the cluster is filled.</summary>
    private int Inflate(int length)
    {
        using var compressed = new MemoryStream(_compressed, 0, length, writable: false);
        using var inflater = new DeflateStream(compressed, CompressionMode.Decompress);
        return inflater.ReadAtLeast(_cluster, _cluster.Length, throwOnEndOfStream: false);
    }

    private int Unwrap(Decompressor zstandard, int length)
    {
        var frame = ZstandardFrame.LengthIn(_compressed.AsSpan(0, length));
        return zstandard.Unwrap(_compressed.AsSpan(0, frame), _cluster);
    }
}
