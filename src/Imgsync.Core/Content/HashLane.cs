using System.Security.Cryptography;
using System.Threading.Tasks.Sources;

namespace Imgsync.Core.Content;

/// <summary>One digest, computed on a thread of the pool, block after block, without allocating anything for a block.</summary>
internal sealed class HashLane(DigestAlgorithm algorithm) : IThreadPoolWorkItem, IValueTaskSource, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm is DigestAlgorithm.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512);
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
