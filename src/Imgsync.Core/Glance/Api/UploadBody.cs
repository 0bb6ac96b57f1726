using System.Runtime.CompilerServices;
using Imgsync.Core.Content;
using RestSharp.Interceptors;

namespace Imgsync.Core.Glance.Api;

/// <summary>
/// The body of an upload, which knows how much of it was taken, whether its source broke, and whether the other side stopped taking.
/// Disposing it leaves the source open: it is the caller's, and may be sent again while nothing was taken.
/// </summary>
internal sealed class UploadBody(Stream source, long? length, TimeSpan patience, TimeProvider time) : ForwardStream
{
    private readonly CancellationTokenSource _stalled = new(Timeout.InfiniteTimeSpan, time);

    private UploadTap? _tap;
    private long? _wholeAt;

    public long Taken => _tap?.Taken ?? 0;

    public Exception? SourceFailure { get; private set; }

    /// <summary>How long ago the last byte was taken; null as long as there are more.</summary>
    public TimeSpan? SinceWhole => _wholeAt is { } whole ? time.GetElapsedTime(whole) : null;

    /// <summary>Set off when the other side asks for nothing and says nothing for too long. The source takes its own time.</summary>
    public CancellationToken Stalled => _stalled.Token;

    /// <summary>The way HTTP takes a body: the source's own buffers go to the connection, without a copy or a buffer in between.</summary>
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        _tap = new UploadTap(destination, _stalled, patience);
        UploadConnection.Broken.Value = () => _tap.Failed = true;
        try
        {
            await source.CopyToAsync(_tap, bufferSize, cancellationToken);
        }
        catch (IOException) when (_tap.Failed && !cancellationToken.IsCancellationRequested)
        {
            // .NET reads the answer only once the body is out, and this goes nowhere.
            _stalled.CancelAfter(patience);
            for (var (left, nothing) = ((length ?? 0) - Taken, new byte[BytePass.BlockBytes]); left > 0; left -= nothing.Length)
                await destination.WriteAsync(nothing.AsMemory(0, (int)Math.Min(left, nothing.Length)), cancellationToken);
            return;
        }
        catch (Exception e) when (!_tap.Failed)
        {
            SourceFailure = e;
            throw;
        }

        // From here on the answer is waited for.
        if (length is null || length == Taken)
            _wholeAt = time.GetTimestamp();
        _stalled.CancelAfter(patience);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Uploads are copied.");
}

/// <summary>The connection's end of an upload: counts what it is given, and is watched only while it has something to take.</summary>
internal sealed class UploadTap(Stream connection, CancellationTokenSource stalled, TimeSpan patience) : ForwardStream
{
    /// <summary>How many bytes were offered to the connection: none of them can be had again.</summary>
    public long Taken { get; private set; }

    /// <summary>True when it was the connection that broke, and not what feeds it.</summary>
    public bool Failed { get; set; }

    public override bool CanRead => false;

    public override bool CanWrite => true;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Taken += buffer.Length;
        stalled.CancelAfter(patience);
        try
        {
            await connection.WriteAsync(buffer, cancellationToken);
        }
        catch
        {
            Failed = true;
            throw;
        }

        if (Failed)
            throw new IOException("The other side takes no more.");
        stalled.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();
}

/// <summary>The two headers of an upload that RestSharp cannot know from a stream that does not seek.</summary>
/// <param name="asksFirst">Whether Glance is asked before it gets the body.</param>
internal sealed class UploadHeaders(long? length, bool asksFirst) : Interceptor
{
    public override ValueTask BeforeHttpRequest(HttpRequestMessage requestMessage, CancellationToken cancellationToken)
    {
        // Lets Glance refuse the token, or a quota, before the first byte is taken from the stream (RFC 9110 section 10.1.1).
        requestMessage.Headers.ExpectContinue = asksFirst;

        // With a length Glance checks the quota first; without one, only after the whole body.
        requestMessage.Content!.Headers.ContentLength = length;
        return ValueTask.CompletedTask;
    }
}
