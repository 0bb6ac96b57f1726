using System.Security.Cryptography;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Imgsync.Core.Signatures;

/// <summary>
/// The arithmetic of a signature. RSA is the platform's: BouncyCastle tests a modulus for primality each time it meets
/// it, a quarter of a second for one file, and minutes for a key to which somebody attached a thousand false statements.
/// </summary>
internal static class SignatureProof
{
    /// <summary>Whether the key made this signature over these bytes.</summary>
    public static bool Proves(this PgpSignature signature, ReadOnlyMemory<byte> signed, PgpPublicKey key) =>
        Untrusted.Read(() => signature.ProvesHash(signature.Hash(signed.Span), key));

    /// <summary>Whether the key made this signature over what has this hash.</summary>
    public static bool ProvesHash(this PgpSignature signature, byte[] hash, PgpPublicKey key) => Untrusted.Read(() =>
    {
        // These two bytes are not covered by the signature: checked, so that none of its bits is free to change, and
        // first, because most false signatures end here.
        return hash.AsSpan().StartsWith(signature.GetDigestPrefix()) && key.PublicKeyPacket.Key switch
        {
            RsaPublicBcpgKey rsa => VerifyRsa(rsa, hash, signature),
            EdDsaPublicBcpgKey => VerifyEd25519((Ed25519PublicKeyParameters)key.GetKey(), hash, signature),
            _ => false,
        };
    });

    public static HashAlgorithmName HashName(this PgpSignature signature) => signature.HashAlgorithm switch
    {
        HashAlgorithmTag.Sha1 => HashAlgorithmName.SHA1,
        HashAlgorithmTag.Sha256 => HashAlgorithmName.SHA256,
        HashAlgorithmTag.Sha384 => HashAlgorithmName.SHA384,
        HashAlgorithmTag.Sha512 => HashAlgorithmName.SHA512,
        _ => throw new InvalidDataException($"the hash {signature.HashAlgorithm} is not accepted"),
    };

    // RFC 9580 section 5.2.4: what is signed, then the signature packet's own signed part.
    public static byte[] Hash(this PgpSignature signature, ReadOnlySpan<byte> signed)
    {
        using var hash = IncrementalHash.CreateHash(signature.HashName());
        hash.AppendData(signed);
        hash.AppendData(signature.GetSignatureTrailer());
        return hash.GetHashAndReset();
    }

    private static bool VerifyRsa(RsaPublicBcpgKey key, byte[] hash, PgpSignature signature)
    {
        using var rsa = RSA.Create(new RSAParameters
        {
            Modulus = key.Modulus.ToByteArrayUnsigned(),
            Exponent = key.PublicExponent.ToByteArrayUnsigned(),
        });
        var number = signature.GetSignature();
        var padded = new byte[(rsa.KeySize + 7) / 8];
        number.CopyTo(padded, padded.Length - number.Length);
        return rsa.VerifyHash(hash, padded, signature.HashName(), RSASignaturePadding.Pkcs1);
    }

    private static bool VerifyEd25519(Ed25519PublicKeyParameters key, byte[] hash, PgpSignature signature)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: false, key);
        signer.BlockUpdate(hash);
        return signer.VerifySignature(signature.GetSignature());
    }
}
