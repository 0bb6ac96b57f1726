using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imgsync.Core.Signatures;

/// <summary>What signatures over documents and signatures over keys have in common.</summary>
internal static class SignaturePackets
{
    /// <summary>How far a publisher's clock may be ahead of ours.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Null when the packet is no signature that the library understands to the last byte: what it would write must be
    /// what was read, so that lengths and numbers have one encoding only and nothing is smuggled along behind them.
    /// </summary>
    public static PgpSignature? Read(Packet packet) => Untrusted.Read(() =>
    {
        var list = (PgpSignatureList)new PgpObjectFactory(packet.Raw.ToArray()).NextPgpObject();
        var written = Packet.ReadAll(list[0].GetEncoded());
        return written is [var same] && same.Body.Span.SequenceEqual(packet.Body.Span) ? list[0] : null;
    });

    public static DateTimeOffset CreatedAt(this PgpSignature signature) => new(signature.CreationTime, TimeSpan.Zero);

    /// <summary>Null when the signature stays good for ever. Only what is signed along is believed.</summary>
    public static DateTimeOffset? ExpiresAt(this PgpSignature signature) =>
        signature.GetHashedSubPackets()?.GetSignatureExpirationTime() is > 0 and var seconds
            ? signature.CreatedAt().AddSeconds(seconds)
            : null;

    public static bool IsCurrent(this PgpSignature signature, DateTimeOffset now) =>
        signature.CreatedAt() <= now + ClockSkew && !(signature.ExpiresAt() <= now);

    public static bool HasStrongHash(this PgpSignature signature) =>
        signature.HashAlgorithm is HashAlgorithmTag.Sha256 or HashAlgorithmTag.Sha384 or HashAlgorithmTag.Sha512;

    /// <summary>RFC 9580 section 5.2.3.7: a critical subpacket that is not understood makes the signature one in error.</summary>
    public static bool DemandsOnly(this PgpSignature signature, SignatureSubpacketTag[] understood) =>
        signature.GetHashedSubPackets() is not { } hashed || hashed.GetCriticalTags().All(understood.Contains);
}
