using System.Runtime.CompilerServices;

namespace Imgsync.Core.Content;

/// <summary>Both digests of a stream in one pass, each on a core of its own where one is free.</summary>
public sealed class ContentHasher : IByteSink, IDisposable
{
    private readonly HashLane _sha256 = new(DigestAlgorithm.Sha256);
    private readonly HashLane _sha512 = new(DigestAlgorithm.Sha512);
    private long _length;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _length += bytes.Length;
        var longer = _sha512.AppendAsync(bytes);
        await _sha256.AppendAsync(bytes);
        await longer;
    }

    public ContentFacts Finish() => new(_length, _sha256.Finish(), _sha512.Finish());

    public void Dispose()
    {
        _sha256.Dispose();
        _sha512.Dispose();
    }
}
