using System.Security.Cryptography;
using Imgsync.Core.Content;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imgsync.Core.Signatures.Documents;

/// <summary>What a signature is said to be over.</summary>
internal abstract class SignedContent
{
    /// <summary>The hash that a signature signs: of the content, then of the packet's own signed part (RFC 9580 section 5.2.4).</summary>
    public abstract byte[] Hash(PgpSignature signature);
}

/// <summary>A file that is at hand.</summary>
internal sealed class SignedFile(ReadOnlyMemory<byte> content) : SignedContent
{
    public override byte[] Hash(PgpSignature signature) =>
        signature.Hash(signature.SignatureType == PgpSignature.CanonicalTextDocument ? CanonicalText.Of(content.Span).Span : content.Span);
}

/// <summary>Bytes that pass by once, hashed for each of some signatures.</summary>
internal sealed class PassingContent(IEnumerable<PgpSignature> signatures) : SignedContent, IByteSink, IDisposable
{
    private readonly Dictionary<PgpSignature, IncrementalHash> _hashes =
        signatures.ToDictionary(signature => signature, signature => IncrementalHash.CreateHash(signature.HashName()));

    private readonly Dictionary<PgpSignature, byte[]> _done = [];

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        foreach (var hash in _hashes.Values)
            hash.AppendData(bytes.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Once all bytes have passed by.</summary>
    public override byte[] Hash(PgpSignature signature)
    {
        if (!_done.TryGetValue(signature, out var known))
        {
            _hashes[signature].AppendData(signature.GetSignatureTrailer());
            _done[signature] = known = _hashes[signature].GetHashAndReset();
        }

        return known;
    }

    public void Dispose()
    {
        foreach (var hash in _hashes.Values)
            hash.Dispose();
    }
}
