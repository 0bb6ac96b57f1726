using System.Buffers.Binary;

namespace Imgsync.Core.DiskImages.Qcow2;

/// <summary>How long one Zstandard frame is (RFC 8878, 3.1.1): a cluster's sectors have a rest behind it, which the library would take
/// for another frame.</summary>
internal static class ZstandardFrame
{
    private const uint Magic = 0xFD2FB528;
    private const int MaxWindowExponent = 17; // 128 MiB, the most that QEMU's library reads

    /// <exception cref="InvalidDataException">The bytes do not hold a whole frame.</exception>
    public static int LengthIn(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 6 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
            throw new InvalidDataException("no Zstandard frame");

        var descriptor = bytes[4];
        var isSingleSegment = (descriptor & 0x20) != 0;
        var hasChecksum = (descriptor & 0x04) != 0;
        if (!isSingleSegment && bytes[5] >> 3 > MaxWindowExponent)
            throw new InvalidDataException("a window of over 128 MiB");

        var next = 5 + (isSingleSegment ? 0 : 1) + DictionaryIdLength(descriptor & 3) + ContentSizeLength(descriptor >> 6, isSingleSegment);
        while (next + 3 <= bytes.Length)
        {
            var header = bytes[next] | (bytes[next + 1] << 8) | (bytes[next + 2] << 16);
            var isRepeatedByte = ((header >> 1) & 3) == 1;
            next += 3 + (isRepeatedByte ? 1 : header >> 3);
            if ((header & 1) != 0)
                return next + (hasChecksum ? 4 : 0) is var end && end <= bytes.Length ? end : throw CutShort();
        }

        throw CutShort();
    }

    private static int DictionaryIdLength(int flag) => flag == 3 ? 4 : flag;

    private static int ContentSizeLength(int flag, bool isSingleSegment) => flag == 0 ? (isSingleSegment ? 1 : 0) : 1 << flag;

    private static InvalidDataException CutShort() => new("the frame is cut short");
}
