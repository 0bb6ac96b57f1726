using System.Buffers.Binary;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imgsync.Core.Signatures;

/// <summary>
/// What a primary key says about itself and its subkeys, each statement proven by its own signature. Packets that others
/// attached to a key, as key servers allow anybody to do, drop out here.
/// </summary>
internal static class KeyStatements
{
    private static readonly SignatureSubpacketTag[] Understood =
    [
        SignatureSubpacketTag.CreationTime, SignatureSubpacketTag.ExpireTime, SignatureSubpacketTag.Exportable,
        SignatureSubpacketTag.Revocable, SignatureSubpacketTag.KeyExpireTime, SignatureSubpacketTag.IssuerKeyId,
        SignatureSubpacketTag.IssuerFingerprint, SignatureSubpacketTag.PrimaryUserId, SignatureSubpacketTag.KeyFlags,
        SignatureSubpacketTag.EmbeddedSignature, SignatureSubpacketTag.Features, SignatureSubpacketTag.KeyServerPreferences,
        SignatureSubpacketTag.PreferredKeyServer, SignatureSubpacketTag.PreferredSymmetricAlgorithms,
        SignatureSubpacketTag.PreferredHashAlgorithms, SignatureSubpacketTag.PreferredCompressionAlgorithms,
        SignatureSubpacketTag.PreferredAeadAlgorithms,
    ];

    private static readonly int[] CertificationTypes =
    [
        PgpSignature.DefaultCertification, PgpSignature.NoCertification,
        PgpSignature.CasualCertification, PgpSignature.PositiveCertification,
    ];

    /// <summary>
    /// The newest statement about the key itself, then the newest about one of its user ids: the order in which RFC 9580
    /// section 5.2.3.10 lets them speak for the key.
    /// </summary>
    public static IReadOnlyList<PgpSignature> AboutItself(PgpPublicKey primary, DateTimeOffset now)
    {
        var direct = Proven(primary.GetKeySignatures(), PgpSignature.DirectKey, primary, Hashed(primary));
        var userIds = primary.GetRawUserIds().SelectMany(id => AboutUserId(primary, id, now));
        return [.. Newest(direct, now), .. Newest(userIds, now)];
    }

    public static PgpSignature? Binding(PgpPublicKey primary, PgpPublicKey subkey, DateTimeOffset now)
    {
        var bindings = Proven(subkey.GetKeySignatures(), PgpSignature.SubkeyBinding, primary, Hashed(primary, subkey));
        return Newest(bindings.Where(SignaturePackets.HasStrongHash), now).FirstOrDefault();
    }

    /// <summary>The subkey's own consent, without which anybody could claim it (RFC 9580 section 5.2.1.9).</summary>
    public static bool Consents(PgpSignature binding, PgpPublicKey primary, PgpPublicKey subkey, DateTimeOffset now)
    {
        var areas = new[] { binding.GetHashedSubPackets(), binding.GetUnhashedSubPackets() };
        var embedded = Untrusted.Read(() => areas.SelectMany(EmbeddedSignatures).ToList());
        var consents = Proven(embedded ?? [], PgpSignature.PrimaryKeyBinding, subkey, Hashed(primary, subkey));
        return Newest(consents.Where(SignaturePackets.HasStrongHash), now).Any();
    }

    private static IEnumerable<PgpSignature> EmbeddedSignatures(PgpSignatureSubpacketVector area)
    {
        var signatures = area.GetEmbeddedSignatures();
        return Enumerable.Range(0, signatures.Count).Select(i => signatures[i]);
    }

    // A revocation counts whatever its date and hash: nobody but the key's owner gains by it.
    // Revocations by third parties (designated revokers) are deprecated and need keys we do not have; they are not followed.
    public static bool IsRevoked(PgpPublicKey primary) =>
        Proven(primary.GetKeySignatures(), PgpSignature.KeyRevocation, primary, Hashed(primary)).Any();

    public static bool IsRevoked(PgpPublicKey primary, PgpPublicKey subkey) =>
        Proven(subkey.GetKeySignatures(), PgpSignature.SubkeyRevocation, primary, Hashed(primary, subkey)).Any();

    private static IEnumerable<PgpSignature> AboutUserId(PgpPublicKey primary, byte[] id, DateTimeOffset now)
    {
        var signatures = primary.GetSignaturesForId(id).ToList();
        var about = Hashed(primary, id);
        var newest = Newest(CertificationTypes.SelectMany(type => Proven(signatures, type, primary, about)), now).ToList();
        var revocations = Proven(signatures, PgpSignature.CertificationRevocation, primary, about).ToList();
        return newest.Where(statement => !revocations.Exists(revocation => revocation.CreatedAt() >= statement.CreatedAt()));
    }

    private static IEnumerable<PgpSignature> Newest(IEnumerable<PgpSignature> statements, DateTimeOffset now) => statements
        .Where(statement => statement.IsCurrent(now) && statement.DemandsOnly(Understood))
        .OrderByDescending(statement => statement.CreatedAt())
        .Take(1);

    private static IEnumerable<PgpSignature> Proven(
        IEnumerable<PgpSignature> signatures, int type, PgpPublicKey by, byte[] about) => signatures
        .Where(signature => signature.SignatureType == type && signature.KeyId == by.KeyId && signature.KeyAlgorithm == by.Algorithm)
        .Where(signature => signature.HasStrongHash() || signature.HashAlgorithm == HashAlgorithmTag.Sha1)
        .Where(signature => signature.Proves(about, by));

    // RFC 9580 section 5.2.4. The library's own methods take a user id only as well-formed UTF-8, and no direct key signature.
    private static byte[] Hashed(PgpPublicKey primary, PgpPublicKey subkey) => [.. Hashed(primary), .. Hashed(subkey)];

    private static byte[] Hashed(PgpPublicKey primary, byte[] userId) => [.. Hashed(primary), 0xb4, .. BigEndian(userId.Length), .. userId];

    private static byte[] Hashed(PgpPublicKey key)
    {
        var body = key.PublicKeyPacket.GetEncodedContents();
        return [0x99, .. BigEndian(body.Length)[2..], .. body];
    }

    private static byte[] BigEndian(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }
}
