using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Imgsync.Core.Content;

namespace Imgsync.Core.Publishing;

/// <summary>
/// The Glance end of a pass: bytes written here are read by the body of an upload request. The newest block is always
/// held back, so that the request cannot complete before <see cref="ReleaseAsync"/> says that everything was verified.
/// When the reader gives up, later bytes are dropped: a failed upload must not stop the other sinks.
/// </summary>
public sealed class UploadPipe : IByteSink
{
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: 1 << 20,
        resumeWriterThreshold: 1 << 19,
        minimumSegmentSize: 1 << 18,
        useSynchronizationContext: false));

    private bool _abandoned;

    public UploadPipe() => Body = Watched(_pipe.Reader.AsStream(leaveOpen: false));

    /// <summary>The body of the upload request. Disposing it says that nobody reads on.</summary>
    public Stream Body { get; }

    /// <summary>Whether somebody has begun to read the body, so that no other request can have all of it.</summary>
    public bool IsTouched { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_abandoned)
            return;

        // Flushing makes visible what came before; what is copied after it stays unseen until the next flush.
        _abandoned = (await _pipe.Writer.FlushAsync(cancellationToken)).IsCompleted;
        if (_abandoned)
            return;

        bytes.Span.CopyTo(_pipe.Writer.GetSpan(bytes.Length));
        _pipe.Writer.Advance(bytes.Length);
    }

    /// <summary>Lets the held-back bytes go: the upload may complete.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (!_abandoned)
            await _pipe.Writer.FlushAsync(cancellationToken);
        await _pipe.Writer.CompleteAsync();
    }

    /// <summary>Breaks the request off: its body ends in an error, never in a whole upload.</summary>
    public async Task CutAsync()
    {
        _abandoned = true;
        await _pipe.Writer.CompleteAsync(new IOException("The upload was cut because its content was not verified."));
    }

    private PipeBody Watched(Stream bytes) => new(bytes, () => IsTouched = true);

    private sealed class PipeBody(Stream bytes, Action touched) : ForwardStream
    {
        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            touched();
            return bytes.CopyToAsync(destination, bufferSize, cancellationToken);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            touched();
            return bytes.ReadAsync(buffer, cancellationToken);
        }

        public override async ValueTask DisposeAsync()
        {
            await bytes.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
