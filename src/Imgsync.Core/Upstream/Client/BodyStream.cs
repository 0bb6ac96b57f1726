using System.Runtime.CompilerServices;
using Imgsync.Core.Content;

namespace Imgsync.Core.Upstream.Client;

/// <summary>An upstream body that cannot end in silence: a server that stalls, breaks off or ends before its announced length,
/// or goes on beyond the largest size allowed, makes the read throw.</summary>
internal sealed class BodyStream : ForwardStream
{
    private readonly Stream _content;
    private readonly BodyBounds _bounds;
    private readonly CancellationTokenSource _gone = new();
    private readonly ITimer _timer;
    private long _read;

    public BodyStream(Stream content, BodyBounds bounds, TimeProvider time)
    {
        _content = content;
        _bounds = bounds;
        // One timer and one token source for the whole body: a pair for each read would be most of what a download allocates.
        _timer = time.CreateTimer(
            static gone => ((CancellationTokenSource)gone!).Cancel(), _gone, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    // Pooled, because there is a read for every few packets: they would be most of what a download allocates.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await ReadPatientlyAsync(buffer, cancellationToken);
        _read += count;
        if (_read > _bounds.Allowed)
            throw new ContentTooLongException(
                $"{_bounds.Url.InMessages()} goes on beyond {_bounds.Allowed} bytes, the most that upstream.maxImageBytes allows.");
        if (count == 0 && buffer.Length > 0 && _read < _bounds.Expected)
            throw TooShort(cause: null);
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _content.DisposeAsync();
        _gone.Dispose();
        await base.DisposeAsync();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadPatientlyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await using var given = cancellationToken.UnsafeRegister(static gone => ((CancellationTokenSource)gone!).Cancel(), _gone);
        _timer.Change(_bounds.Patience, Timeout.InfiniteTimeSpan);
        try
        {
            return await _content.ReadAsync(buffer, _gone.Token);
        }
        catch (OperationCanceledException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Unavailable($"stalled for {_bounds.Patience.InWords()}", exception);
        }
        catch (HttpIOException exception) when (exception.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            throw TooShort(exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw Unavailable($"broke off ({exception.GetBaseException().Message.TrimEnd('.').Shortened()})", exception);
        }
        finally
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private ContentTooShortException TooShort(Exception? cause) =>
        new($"{_bounds.Url.InMessages()} ended after {Progress()}; try again later.", cause);

    private UpstreamUnavailableException Unavailable(string what, Exception cause) =>
        new($"{_bounds.Url.InMessages()} {what} after {Progress()}; try again later.", cause);

    private string Progress() => _bounds.Expected is { } expected ? $"{_read} of {expected} bytes" : $"{_read} bytes";
}

/// <param name="Expected">How many bytes the body has, null where the server did not say.</param>
/// <param name="Allowed">How many it may have at most.</param>
/// <param name="Patience">How long the server may be silent.</param>
internal sealed record BodyBounds(Uri Url, long? Expected, long Allowed, TimeSpan Patience);
