using System.Security.Cryptography;
using System.Threading.Tasks.Sources;

namespace Imgsync.Core.Content;

/// <summary>The digests of a stream in one pass: SHA-512 on the thread that brings the bytes, which has nothing else to do meanwhile, and
/// SHA-256 beside it.</summary>
/// <param name="sha256">Whether SHA-256 is wanted beside SHA-512.</param>
public sealed class ContentHasher(bool sha256) : IByteSink, IDisposable
{
    private readonly HashLane? _sha256 = sha256 ? new(DigestAlgorithm.Sha256) : null;
    private readonly HashLane _sha512 = new(DigestAlgorithm.Sha512);
    private long _length;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _length += bytes.Length;
        var beside = _sha256?.AppendAsync(bytes) ?? ValueTask.CompletedTask;
        _sha512.Append(bytes.Span);
        return beside;
    }

    public ContentFacts Finish() => new(_length, _sha256?.Finish(), _sha512.Finish());

    public void Dispose()
    {
        _sha256?.Dispose();
        _sha512.Dispose();
    }
}

/// <summary>One digest, block after block, without allocating anything for a block.</summary>
internal sealed class HashLane(DigestAlgorithm algorithm) : IThreadPoolWorkItem, IValueTaskSource, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(
        algorithm is DigestAlgorithm.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512);
    private ManualResetValueTaskSourceCore<bool> _done;
    private ReadOnlyMemory<byte> _bytes;

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Takes the next bytes on a thread of the pool. One call at a time, and its task is awaited exactly once.</summary>
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
            Append(_bytes.Span);
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
