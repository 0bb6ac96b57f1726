using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto.Parameters;

namespace Imgsync.Core.Signatures;

/// <summary>
/// Which keys may sign, at this moment. The pinned fingerprint says whom we trust; these rules say whether that key
/// still wants to be trusted. Its statements about itself may be hashed with SHA-1: Ubuntu's key of 2009 has only such
/// in older copies, and a forged one could at most prolong a key that the fingerprint vouches for already. A subkey's
/// binding may not, because it brings in a key that no fingerprint vouches for.
/// </summary>
internal static class SigningKeys
{
    private const int ShortestRsa = 2048;

    public static KeyVerdict Judge(PgpPublicKeyRing ring, PgpPublicKey key, DateTimeOffset now)
    {
        var primary = ring.GetPublicKey();
        var isPrimary = key.HasFingerprint(primary.GetFingerprint());
        return JudgePrimary(primary, mustSign: isPrimary, now) ?? (isPrimary ? null : JudgeSubkey(primary, key, now))
            ?? KeyVerdict.MaySign with { Ends = EndOfUse(primary, isPrimary ? null : key, now) };
    }

    /// <summary>When the key that signs ends, or the primary key that it hangs on: the sooner of the two.</summary>
    private static DateTimeOffset? EndOfUse(PgpPublicKey primary, PgpPublicKey? subkey, DateTimeOffset now)
    {
        var end = End(primary, KeyStatements.AboutItself(primary, now));
        var own = subkey is not null && KeyStatements.Binding(primary, subkey, now) is { } binding ? End(subkey, [binding]) : null;
        return own is null || end < own ? end : own;
    }

    public static string Fingerprint(this PgpPublicKey key) => Convert.ToHexString(key.GetFingerprint());

    public static DateTimeOffset CreatedAt(this PgpPublicKey key) => new(key.CreationTime, TimeSpan.Zero);

    private static KeyVerdict? JudgePrimary(PgpPublicKey primary, bool mustSign, DateTimeOffset now)
    {
        if (Weakness(primary, now) is { } weakness)
            return KeyVerdict.Never(weakness);

        if (KeyStatements.IsRevoked(primary))
            return KeyVerdict.Never("is revoked");

        var statements = KeyStatements.AboutItself(primary, now);
        if (statements.Count == 0)
            return KeyVerdict.NotNow("makes no valid statement about itself");

        if (Expired(primary, statements, now) is { } expired)
            return KeyVerdict.NotNow(expired);

        // Keys from before key flags existed have none, and may do all their algorithm can.
        return mustSign && Flags(statements) is { } flags && !AllowSigning(flags)
            ? KeyVerdict.NotNow("may not sign documents")
            : null;
    }

    private static KeyVerdict? JudgeSubkey(PgpPublicKey primary, PgpPublicKey subkey, DateTimeOffset now)
    {
        if (Weakness(subkey, now) is { } weakness)
            return KeyVerdict.Never(weakness);

        if (KeyStatements.IsRevoked(primary, subkey))
            return KeyVerdict.Never("is revoked");

        if (KeyStatements.Binding(primary, subkey, now) is not { } binding)
            return KeyVerdict.NotNow("is not validly bound to its primary key");

        if (Expired(subkey, [binding], now) is { } expired)
            return KeyVerdict.NotNow(expired);

        if (!AllowSigning(Flags([binding])))
            return KeyVerdict.NotNow("may not sign documents");

        return KeyStatements.Consents(binding, primary, subkey, now)
            ? null
            : KeyVerdict.NotNow("has not consented to its binding to the primary key");
    }

    private static string? Weakness(PgpPublicKey key, DateTimeOffset now)
    {
        if (key.CreatedAt() > now + SignaturePackets.ClockSkew)
            return $"was made in the future, at {key.CreatedAt():u}";

        return key.PublicKeyPacket.Key switch
        {
            RsaPublicBcpgKey rsa when rsa.Modulus.BitLength >= ShortestRsa => null,
            RsaPublicBcpgKey rsa => $"has only {rsa.Modulus.BitLength} bits, and less than {ShortestRsa} are not accepted",
            EdDsaPublicBcpgKey when Untrusted.Read(key.GetKey) is Ed25519PublicKeyParameters => null,
            _ => "is neither an RSA nor an Ed25519 key",
        };
    }

    private static string? Expired(PgpPublicKey key, IReadOnlyList<PgpSignature> statements, DateTimeOffset now) =>
        End(key, statements) is { } end && end <= now ? $"expired at {end:u}" : null;

    /// <summary>Null where it never ends.</summary>
    private static DateTimeOffset? End(PgpPublicKey key, IReadOnlyList<PgpSignature> statements) =>
        First(statements, SignatureSubpacketTag.KeyExpireTime)?.GetKeyExpirationTime() is > 0 and var seconds
            ? key.CreatedAt().AddSeconds(seconds)
            : null;

    private static int? Flags(IReadOnlyList<PgpSignature> statements) => First(statements, SignatureSubpacketTag.KeyFlags)?.GetKeyFlags();

    private static bool AllowSigning(int? flags) => (flags & PgpKeyFlags.CanSign) is > 0;

    private static PgpSignatureSubpacketVector? First(IReadOnlyList<PgpSignature> statements, SignatureSubpacketTag tag) =>
        statements.Select(statement => statement.GetHashedSubPackets()).FirstOrDefault(hashed => hashed.HasSubpacket(tag));
}

/// <summary>Whether a key may sign, and if not, whether another copy of the same key might.</summary>
/// <param name="Fault">Null when the key may sign.</param>
/// <param name="IsFinal">No newer copy of the key can change this.</param>
internal sealed record KeyVerdict(string? Fault, bool IsFinal)
{
    /// <summary>Of a key that may sign: until when; null for ever.</summary>
    public DateTimeOffset? Ends { get; init; }

    public static readonly KeyVerdict MaySign = new(null, IsFinal: true);

    /// <summary>Publishers prolong keys and renew subkeys: a fresher copy may know better.</summary>
    public static KeyVerdict NotNow(string fault) => new(fault, IsFinal: false);

    public static KeyVerdict Never(string fault) => new(fault, IsFinal: true);
}
