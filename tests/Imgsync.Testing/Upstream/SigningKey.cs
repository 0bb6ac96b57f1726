using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Security;

namespace Imgsync.Testing.Upstream;

/// <summary>A throw-away OpenPGP key that signs checksum files as Ubuntu does: RSA, version 4, SHA-512, detached and armoured.</summary>
public sealed class SigningKey
{
    private static readonly Lazy<SigningKey> LazyShared = new(() => new SigningKey());

    private readonly PgpKeyPair _pair;

    public SigningKey(string identity = "Throw-away image signing key <images@example.org>")
    {
        using var rsa = RSA.Create(2048);
        _pair = new PgpKeyPair(PublicKeyAlgorithmTag.RsaGeneral, DotNetUtilities.GetRsaKeyPair(rsa), DateTime.UtcNow.AddDays(-1));
        Fingerprint = Convert.ToHexString(_pair.PublicKey.GetFingerprint());
        var ring = new PgpKeyRingGenerator(
            PgpSignature.PositiveCertification, _pair, identity, SymmetricKeyAlgorithmTag.Null, HashAlgorithmTag.Sha256,
            utf8PassPhrase: false, passPhrase: [], useSha1: true, hashedPackets: null, unhashedPackets: null, new SecureRandom());
        ArmouredPublicKey = Armour(ring.GeneratePublicKeyRing().GetEncoded());
    }

    /// <summary>One key for all who do not care which; making one takes a moment.</summary>
    public static SigningKey Shared => LazyShared.Value;

    /// <summary>In full, upper-case hex, as catalogues pin it.</summary>
    public string Fingerprint { get; }

    public string ArmouredPublicKey { get; }

    /// <summary>An armoured detached signature over these bytes.</summary>
    public string Sign(byte[] content) => Sign(content, PgpSignature.BinaryDocument);

    /// <summary>A binary detached signature over these bytes.</summary>
    public byte[] SignBinary(byte[] content) => Packet(content, PgpSignature.BinaryDocument);

    /// <summary>The text with a signature around it (RFC 9580, section 7).</summary>
    public string ClearSign(string text) =>
        ClearSignedText.Of(text, "SHA512", canonical => Sign(canonical, PgpSignature.CanonicalTextDocument));

    private string Sign(byte[] content, int type) => Armour(Packet(content, type));

    private byte[] Packet(byte[] content, int type)
    {
        var details = new PgpSignatureSubpacketGenerator();
        details.SetSignatureCreationTime(isCritical: false, DateTime.UtcNow);
        details.SetIssuerFingerprint(isCritical: false, _pair.PublicKey);
        var signature = new PgpSignatureGenerator(_pair.PublicKey.Algorithm, HashAlgorithmTag.Sha512);
        signature.InitSign(type, _pair.PrivateKey);
        signature.SetHashedSubpackets(details.Generate());
        signature.Update(content);
        return signature.Generate().GetEncoded();
    }

    private static string Armour(byte[] packets)
    {
        using var text = new MemoryStream();
        using (var armour = new ArmoredOutputStream(text))
            armour.Write(packets);
        return Encoding.ASCII.GetString(text.ToArray());
    }
}
