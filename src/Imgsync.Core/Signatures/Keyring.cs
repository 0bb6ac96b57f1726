using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imgsync.Core.Signatures;

/// <summary>Reads the public keys of a keyring, armoured or binary.</summary>
internal static class Keyring
{
    public const int LargestKeyring = 4 * 1024 * 1024;

    /// <exception cref="InvalidDataException">These are no OpenPGP packets, or there is no public key among them.</exception>
    public static IReadOnlyList<PgpPublicKeyRing> Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > LargestKeyring)
            throw new InvalidDataException($"it is larger than {LargestKeyring} bytes");

        var packets = Armour.IsBinary(bytes.Span)
            ? Packet.ReadAll(bytes)
            : Armour.DecodeAll(Armour.PublicKey, bytes).SelectMany(block => Packet.ReadAll(block)).ToList();

        // One key that cannot be read, such as one of a newer version, does not spoil the others.
        var rings = Split(packets)
            .Select(ring => Untrusted.Read(() => new PgpPublicKeyRing(ring.ToArray())))
            .OfType<PgpPublicKeyRing>()
            .ToList();
        return rings.Count > 0 ? rings : throw new InvalidDataException("it holds no public key that can be read");
    }

    // A signature that the library cannot read would make it refuse the whole key, and key servers let anybody attach one.
    private static List<MemoryStream> Split(List<Packet> packets)
    {
        var rings = new List<MemoryStream>();
        foreach (var packet in packets)
        {
            if (packet.Kind == PacketTag.PublicKey)
                rings.Add(new MemoryStream());

            if (rings.Count > 0 && IsUseful(packet))
                rings[^1].Write(packet.Raw.Span);
        }

        return rings;
    }

    private static bool IsUseful(Packet packet) => packet.Kind is PacketTag.PublicKey or PacketTag.PublicSubkey or PacketTag.UserId
        || (packet.Kind is PacketTag.Signature && SignaturePackets.Read(packet) is { Version: 4 });
}
