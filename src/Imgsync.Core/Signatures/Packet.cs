using System.Buffers.Binary;
using Org.BouncyCastle.Bcpg;

namespace Imgsync.Core.Signatures;

/// <summary>
/// One OpenPGP packet as it lies in its file (RFC 9580 section 4.2). The lengths are checked here, before a library
/// sees them: a packet that claims more bytes than there are is refused, not allocated.
/// </summary>
/// <param name="Kind">Unknown ones are skipped in a keyring and refused in a signature.</param>
/// <param name="Raw">Header and body.</param>
/// <param name="Body">The body alone.</param>
internal readonly record struct Packet(PacketTag Kind, ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> Body)
{
    /// <summary>All packets up to the last byte.</summary>
    public static List<Packet> ReadAll(ReadOnlyMemory<byte> bytes)
    {
        var packets = new List<Packet>();
        for (var rest = bytes; !rest.IsEmpty; rest = rest[packets[^1].Raw.Length..])
            packets.Add(ReadFirst(rest));

        return packets;
    }

    private static Packet ReadFirst(ReadOnlyMemory<byte> bytes)
    {
        var start = bytes.Span[0];
        if ((start & 0x80) == 0)
            throw new InvalidDataException("it holds something else than OpenPGP packets");

        var isNewFormat = (start & 0x40) != 0;
        var kind = (PacketTag)(isNewFormat ? start & 0x3f : (start >> 2) & 0xf);
        var (size, length) = isNewFormat ? NewLength(bytes.Span[1..]) : OldLength(start & 3, bytes.Span[1..]);
        var header = 1 + size;
        return length <= bytes.Length - header
            ? new Packet(kind, bytes[..(header + (int)length)], bytes.Slice(header, (int)length))
            : throw CutShort();
    }

    // Section 4.2.1. Partial lengths are for data that is streamed; neither a key nor a signature is.
    private static (int Size, uint Length) NewLength(ReadOnlySpan<byte> bytes) => Require(bytes, 1)[0] switch
    {
        var first and < 192 => (1, first),
        var first and < 224 => (2, ((uint)(first - 192) << 8) + Require(bytes, 2)[1] + 192),
        255 => (5, BinaryPrimitives.ReadUInt32BigEndian(Require(bytes, 5)[1..])),
        _ => throw new InvalidDataException("one of its packets has a partial length"),
    };

    // Section 4.2.2.
    private static (int Size, uint Length) OldLength(int type, ReadOnlySpan<byte> bytes) => type switch
    {
        0 => (1, Require(bytes, 1)[0]),
        1 => (2, BinaryPrimitives.ReadUInt16BigEndian(Require(bytes, 2))),
        2 => (4, BinaryPrimitives.ReadUInt32BigEndian(Require(bytes, 4))),
        _ => throw new InvalidDataException("one of its packets has no length"),
    };

    private static ReadOnlySpan<byte> Require(ReadOnlySpan<byte> bytes, int count) => bytes.Length >= count ? bytes : throw CutShort();

    private static InvalidDataException CutShort() => new("its last packet is cut short");
}
