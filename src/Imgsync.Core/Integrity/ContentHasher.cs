using System.Security.Cryptography;
using Imgsync.Core.Transfer;

namespace Imgsync.Core.Integrity;

/// <summary>Both digests of a stream in one pass, each on a core of its own where one is free.</summary>
public sealed class ContentHasher : IByteSink, IDisposable
{
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
    private long _length;

    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _length += bytes.Length;
        return Task.WhenAll(
            Task.Run(() => _sha256.AppendData(bytes.Span), cancellationToken),
            Task.Run(() => _sha512.AppendData(bytes.Span), cancellationToken));
    }

    public ContentFacts Finish() => new(
        _length,
        Digest.FromBytes(DigestAlgorithm.Sha256, _sha256.GetHashAndReset()),
        Digest.FromBytes(DigestAlgorithm.Sha512, _sha512.GetHashAndReset()));

    public void Dispose()
    {
        _sha256.Dispose();
        _sha512.Dispose();
    }
}
