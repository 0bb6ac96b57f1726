using ICSharpCode.SharpZipLib.GZip;
using Imgsync.Core.Content;
using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.ZStandard;

namespace Imgsync.Core.Unpacking;

/// <summary>Which library undoes which compression (docs/adr/0022-unpacking.md). Each reads on where one compressed stream follows
/// another, and fails where the last one is cut short.</summary>
internal static class Decompression
{
    /// <param name="packed">Stays open.</param>
    public static Stream Open(HashedSource packed, Packing compression) => compression switch
    {
        Packing.Gz => new GZipInputStream(packed) { IsStreamOwner = false },
        Packing.Bz2 => BZip2Stream.Create(packed, CompressionMode.Decompress, decompressConcatenated: true, leaveOpen: true),
        Packing.Xz => new XzStreams(packed),
        Packing.Zst => new DecompressionStream(packed, leaveOpen: true),
        _ => throw new ArgumentOutOfRangeException(nameof(compression), compression, "not a compression"),
    };
}
