using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading.Tasks.Sources;

namespace Imgsync.Core.Content;

/// <summary>The digests of a stream in one pass, each on a core of its own where one is free.</summary>
/// <param name="sha256">Whether SHA-256 is wanted beside SHA-512.</param>
public sealed class ContentHasher(bool sha256) : IByteSink, IDisposable
{
    private readonly HashLane? _sha256 = sha256 ? new(DigestAlgorithm.Sha256) : null;
    private readonly HashLane _sha512 = new(DigestAlgorithm.Sha512);
    private long _length;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _length += bytes.Length;
        var longer = _sha512.AppendAsync(bytes);
        if (_sha256 is not null)
            await _sha256.AppendAsync(bytes);
        await longer;
    }

    public ContentFacts Finish() => new(_length, _sha256?.Finish(), _sha512.Finish());

    public void Dispose()
    {
        _sha256?.Dispose();
        _sha512.Dispose();
    }
}

/// <summary>One digest, computed on a thread of the pool, block after block, without allocating anything for a block.</summary>
internal sealed class HashLane(DigestAlgorithm algorithm) : IThreadPoolWorkItem, IValueTaskSource, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(
        algorithm is DigestAlgorithm.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512);
    private ManualResetValueTaskSourceCore<bool> _done;
    private ReadOnlyMemory<byte> _bytes;

    /// <summary>Takes the next bytes. One call at a time, and its task is awaited exactly once.</summary>
    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        _done.Reset();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return new ValueTask(this, _done.Version);
    }

    public Digest Finish() => Digest.FromBytes(algorithm, _hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            _hash.AppendData(_bytes.Span);
            _done.SetResult(true);
        }
        catch (Exception e)
        {
            _done.SetException(e);
        }
    }

    void IValueTaskSource.GetResult(short token) => _done.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);
}
