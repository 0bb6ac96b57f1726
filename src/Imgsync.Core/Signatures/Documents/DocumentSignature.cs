using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Bcpg.Sig;

namespace Imgsync.Core.Signatures.Documents;

/// <summary>
/// One signature over a file, and all that can be held against it without knowing the key. Whatever the signature does
/// not cover itself (RFC 9580 calls it unhashed) must agree with what is covered or with the key, else it is refused.
/// </summary>
/// <param name="signature">Null when the library cannot read it.</param>
/// <param name="announcedHashes">The hash headers of a clear-signed file, null for a detached signature.</param>
internal sealed class DocumentSignature(PgpSignature? signature, IReadOnlyList<string>? announcedHashes)
{
    private const int MostPerFile = 16;
    private static readonly SignatureSubpacketTag[] Issuers = [SignatureSubpacketTag.IssuerKeyId, SignatureSubpacketTag.IssuerFingerprint];
    private static readonly SignatureSubpacketTag[] Understood =
        [SignatureSubpacketTag.CreationTime, SignatureSubpacketTag.ExpireTime, .. Issuers];

    /// <param name="announcedHashes">The hash headers of a clear-signed file, null for a detached signature.</param>
    public static IReadOnlyList<DocumentSignature> ReadAll(ReadOnlyMemory<byte> bytes, IReadOnlyList<string>? announcedHashes = null)
    {
        var packets = Packet.ReadAll(bytes);
        if (packets.Count is 0 or > MostPerFile || packets.Exists(packet => packet.Kind != PacketTag.Signature))
            throw new InvalidDataException($"it is not one to {MostPerFile} signature packets");

        return packets.ConvertAll(packet => new DocumentSignature(SignaturePackets.Read(packet), announcedHashes));
    }

    public string Issuer => IssuerFingerprints().Select(Convert.ToHexString).FirstOrDefault() ?? $"{signature?.KeyId:X16}";

    /// <summary>Only to be asked of one without a fault.</summary>
    public DateTimeOffset MadeAt => signature!.CreatedAt();

    /// <summary>Why this signature is worth nothing, whoever made it.</summary>
    public string? Fault(DateTimeOffset now) => signature switch
    {
        null => "it is malformed, or of a version or algorithm that is not supported",
        { Version: not (3 or 4) } => "it is neither of version 3 nor of version 4",
        { SignatureType: not (PgpSignature.BinaryDocument or PgpSignature.CanonicalTextDocument) } => "it is not made for documents",
        { SignatureType: not PgpSignature.CanonicalTextDocument } when announcedHashes is not null => "it is not made for text",
        _ when !signature.HasStrongHash() => $"it uses the hash {signature.HashAlgorithm}; only SHA-2 of 256 bits or more is accepted",
        _ when !HasAnnouncedHash() => "its hash is not the one its file announces",
        _ when !HasOneCreationTime() => "it does not say when it was made",
        _ when signature.CreatedAt() > now + SignaturePackets.ClockSkew => $"it was made in the future, at {signature.CreatedAt():u}",
        _ when signature.ExpiresAt() <= now => $"it expired at {signature.ExpiresAt():u}",
        _ when !signature.DemandsOnly(Understood) => "it demands something that is not understood",
        _ when !HasOnlyIssuersUnhashed() => "something other than its issuer stands outside its signed part",
        _ when signature.KeyId == 0 => "it does not name its issuer",
        _ => null,
    };

    /// <summary>Whether the signature claims to be made by this key: a hint which key to try, and a claim that must hold.</summary>
    public bool Names(PgpPublicKey key) =>
        signature is not null
        && signature.KeyAlgorithm == key.Algorithm
        && IssuerKeyIds().Append(signature.KeyId).All(id => id == key.KeyId)
        && IssuerFingerprints().All(key.HasFingerprint);

    public bool IsOlderThan(PgpPublicKey key) => signature!.CreatedAt() < key.CreatedAt();

    public bool Covers(SignedContent content, PgpPublicKey key) =>
        Untrusted.Read(() => signature!.ProvesHash(content.Hash(signature!), key));

    /// <summary>For content that passes by once: only to be asked of those without a fault. A signature over text cannot be among them.
    /// </summary>
    public static PassingContent Pass(IEnumerable<DocumentSignature> signatures) => new(signatures.Select(one => one.Whole()));

    private PgpSignature Whole() => signature!.SignatureType == PgpSignature.BinaryDocument
        ? signature
        : throw new InvalidDataException("it is made for text, and this is an image");

    private bool HasAnnouncedHash() =>
        announcedHashes is not { Count: > 0 } || announcedHashes.Contains(signature!.HashName().Name, StringComparer.Ordinal);

    private bool HasOneCreationTime() =>
        signature!.Version == 3 || signature.GetHashedSubPackets().GetSubpackets(SignatureSubpacketTag.CreationTime).Length == 1;

    private bool HasOnlyIssuersUnhashed() => signature!.GetUnhashedSubPackets() is not { } unhashed
        || (unhashed.Count == Issuers.Sum(tag => unhashed.GetSubpackets(tag).Length) && unhashed.GetCriticalTags().Length == 0);

    private IEnumerable<long> IssuerKeyIds() =>
        Subpackets(SignatureSubpacketTag.IssuerKeyId).Cast<IssuerKeyId>().Select(issuer => issuer.GetKeyID());

    private IEnumerable<byte[]> IssuerFingerprints() =>
        Subpackets(SignatureSubpacketTag.IssuerFingerprint).Cast<IssuerFingerprint>().Select(issuer => issuer.GetFingerprint());

    // A version 3 signature has none.
    private IEnumerable<SignatureSubpacket> Subpackets(SignatureSubpacketTag tag) =>
        new[] { signature?.GetHashedSubPackets(), signature?.GetUnhashedSubPackets() }.SelectMany(area => area?.GetSubpackets(tag) ?? []);
}

/// <summary>
/// The form of a text that is signed: every line ends in CR LF (RFC 9580 section 5.2.1.2). A CR alone has no such form;
/// libraries differ over it, so it is refused.
/// </summary>
internal static class CanonicalText
{
    public static ReadOnlyMemory<byte> Of(ReadOnlySpan<byte> text)
    {
        var canonical = new List<byte>(text.Length + (text.Length / 32));
        var previous = (byte)0;
        foreach (var b in text)
        {
            if (previous == '\r' && b != '\n')
                throw new InvalidDataException("it has a carriage return without a line feed");

            if (b == '\n' && previous != '\r')
                canonical.Add((byte)'\r');

            canonical.Add(b);
            previous = b;
        }

        return previous != '\r' ? canonical.ToArray() : throw new InvalidDataException("it ends in a carriage return");
    }
}
