using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace Imgsync.Core.Tests.Signatures;

/// <summary>A key pair that signs anything in any way, good or bad.</summary>
internal sealed class TestKey(PgpKeyPair pair)
{
    /// <summary>When the tests happen.</summary>
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>When keys are made, unless a test says otherwise.</summary>
    public static readonly DateTimeOffset Birth = Now.AddYears(-2);

    // Making RSA keys is slow, and tests care for what is said about keys, not for the numbers in them.
    private static readonly Lazy<AsymmetricCipherKeyPair> RsaNumbers = new(() => MakeRsa(2048));
    private static readonly Lazy<AsymmetricCipherKeyPair> OtherRsaNumbers = new(() => MakeRsa(2048));
    private static readonly Lazy<AsymmetricCipherKeyPair> ShortRsaNumbers = new(() => MakeRsa(1024));

    public static TestKey Rsa => Of(PublicKeyAlgorithmTag.RsaGeneral, RsaNumbers.Value, Birth);

    public static TestKey OtherRsa => Of(PublicKeyAlgorithmTag.RsaGeneral, OtherRsaNumbers.Value, Birth);

    public static TestKey ShortRsa => Of(PublicKeyAlgorithmTag.RsaGeneral, ShortRsaNumbers.Value, Birth);

    public PgpPublicKey Public => pair.PublicKey;

    public string Fingerprint => Convert.ToHexString(Public.GetFingerprint());

    public byte[] PrimaryPacket => Public.PublicKeyPacket.GetEncoded();

    public byte[] SubkeyPacket => new PublicSubkeyPacket(4, Public.Algorithm, Public.CreationTime, Public.PublicKeyPacket.Key).GetEncoded();

    /// <summary>How the key is hashed when it is signed, RFC 9580 section 5.2.4.</summary>
    public byte[] Hashed
    {
        get
        {
            var body = Public.PublicKeyPacket.GetEncodedContents();
            return [0x99, (byte)(body.Length >> 8), (byte)body.Length, .. body];
        }
    }

    public static TestKey Ed25519(DateTimeOffset? birth = null)
    {
        var generator = new Ed25519KeyPairGenerator();
        generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        return Of(PublicKeyAlgorithmTag.EdDsa_Legacy, generator.GenerateKeyPair(), birth ?? Birth);
    }

    public static TestKey Ecdsa()
    {
        var generator = new ECKeyPairGenerator("ECDSA");
        generator.Init(new ECKeyGenerationParameters(Org.BouncyCastle.Asn1.Sec.SecObjectIdentifiers.SecP256r1, new SecureRandom()));
        return Of(PublicKeyAlgorithmTag.ECDsa, generator.GenerateKeyPair(), Birth);
    }

    /// <summary>A binary signature packet over a document.</summary>
    public byte[] Sign(byte[] content, SigningStyle? style = null) => MakeSignature(content, style ?? new SigningStyle()).GetEncoded();

    public PgpSignature MakeSignature(byte[] signed, SigningStyle style)
    {
        var generator = new PgpSignatureGenerator(Public.Algorithm, style.Hash);
        var hashed = new PgpSignatureSubpacketGenerator();
        hashed.SetSignatureCreationTime(isCritical: false, style.At.UtcDateTime);
        style.Hashed?.Invoke(hashed);
        var unhashed = new PgpSignatureSubpacketGenerator();
        unhashed.SetIssuerKeyID(isCritical: false, Public.KeyId);
        style.Unhashed?.Invoke(unhashed);
        generator.SetHashedSubpackets(hashed.Generate());
        generator.SetUnhashedSubpackets(unhashed.Generate());
        generator.InitSign(style.Type, pair.PrivateKey);
        generator.Update(signed);
        return generator.Generate();
    }

    /// <summary>A signature packet of version 3; the library stamps it with the real time.</summary>
    public byte[] SignOldStyle(byte[] content)
    {
        var generator = new PgpV3SignatureGenerator(Public.Algorithm, HashAlgorithmTag.Sha512);
        generator.InitSign(PgpSignature.BinaryDocument, pair.PrivateKey);
        generator.Update(content);
        return generator.Generate().GetEncoded();
    }

    private static TestKey Of(PublicKeyAlgorithmTag algorithm, AsymmetricCipherKeyPair numbers, DateTimeOffset birth) =>
        new(new PgpKeyPair(algorithm, numbers, birth.UtcDateTime));

    private static AsymmetricCipherKeyPair MakeRsa(int bits)
    {
        var generator = new RsaKeyPairGenerator();
        generator.Init(new RsaKeyGenerationParameters(BigInteger.ValueOf(0x10001), new SecureRandom(), bits, 25));
        return generator.GenerateKeyPair();
    }
}

/// <summary>How a signature is made; as it stands, well.</summary>
internal sealed record SigningStyle
{
    public int Type { get; init; } = PgpSignature.BinaryDocument;

    public HashAlgorithmTag Hash { get; init; } = HashAlgorithmTag.Sha256;

    public DateTimeOffset At { get; init; } = TestKey.Now.AddDays(-1);

    public Action<PgpSignatureSubpacketGenerator>? Hashed { get; init; }

    public Action<PgpSignatureSubpacketGenerator>? Unhashed { get; init; }

    /// <summary>With something more in its signed part.</summary>
    public static SigningStyle Saying(Action<PgpSignatureSubpacketGenerator> more) => new() { Hashed = more };
}
