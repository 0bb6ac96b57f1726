using System.IO.Pipelines;
using Imgsync.Core.Content;

namespace Imgsync.Core.Unpacking;

/// <summary>The disk image in a packed file, unpacked while it is read. The libraries that unpack read byte by byte, and are several
/// times as fast when nothing awaits in between, so that they have a thread of their own.</summary>
/// <param name="packed">The file, which is read to its end. Whoever opened it closes it, once this is disposed.</param>
/// <param name="most">How many bytes may come of it.</param>
/// <param name="sha256">Whether SHA-256 of the file is wanted beside SHA-512.</param>
/// <param name="beside">What the packed bytes go to as well; null for nothing.</param>
/// <exception cref="PackedContentException">Reading it: the file holds no such image, or is damaged.</exception>
public sealed class UnpackedStream(Stream packed, Packing packing, long most, bool sha256 = true, IByteSink? beside = null) : ForwardStream
{
    private readonly HashedSource _source = new(packed, sha256, beside);
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: 1 << 20,
        resumeWriterThreshold: 1 << 19,
        minimumSegmentSize: BytePass.BlockBytes,
        useSynchronizationContext: false));

    private Stream? _unpacked;
    private Task _work = Task.CompletedTask;
    private ContentFacts? _facts;

    /// <summary>What the file itself turned out to be, once reading has ended, with the image or with its failure.</summary>
    public ContentFacts Packed => _facts ?? throw new InvalidOperationException("The packed file has not been read to its end.");

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        (_unpacked ??= Start()).ReadAsync(buffer, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _pipe.Reader.CompleteAsync();
        await _work;
        _source.Dispose();
        await base.DisposeAsync();
    }

    private Stream Start()
    {
        _work = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return _pipe.Reader.AsStream(leaveOpen: true);
    }

    /// <summary>Never throws: what goes wrong is told to the reader.</summary>
    private void Work()
    {
        try
        {
            var failure = Unpack();
            _facts = _source.Finish();
            _pipe.Writer.Complete(failure);
        }
        catch (Exception failure)
        {
            _pipe.Writer.Complete(failure);
        }
    }

    private PackedContentException? Unpack()
    {
        try
        {
            if (packing.Compression() is Packing.None)
            {
                HandOverDisk(_source);
                return null;
            }

            using var unpacker = Decompression.Open(_source, packing.Compression());
            HandOverDisk(unpacker);
            return _source.Position > 0 ? null : new PackedContentException("is empty");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Hostile bytes make the libraries throw whatever they like.
            _source.ThrowFailure();
            return failure as PackedContentException
                ?? new PackedContentException($"is not a whole {packing.Name()} file ({failure.Message.OnOneLine().Shortened()})", failure);
        }
    }

    private void HandOverDisk(Stream unpacked)
    {
        var capped = new CappedStream(unpacked, most);
        if (packing.IsTar())
            TarDisk.Read(capped, HandOver);
        else
            HandOver(capped);
    }

    private void HandOver(Stream disk)
    {
        while (disk.Read(_pipe.Writer.GetSpan(BytePass.BlockBytes)) is > 0 and var read)
        {
            _pipe.Writer.Advance(read);
            if (_pipe.Writer.FlushAsync().AsTask().GetAwaiter().GetResult().IsCompleted)
                throw new OperationCanceledException("Nobody reads on.");
        }
    }
}
