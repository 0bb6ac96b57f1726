using System.Runtime.CompilerServices;

namespace Imgsync.Core.Glance.Api;

/// <summary>The connection's end of an upload: counts what it is given, and is watched only while it has something to take.</summary>
internal sealed class UploadTap(Stream connection, CancellationTokenSource stalled, TimeSpan patience) : Stream
{
    /// <summary>How many bytes were offered to the connection: none of them can be had again.</summary>
    public long Taken { get; private set; }

    /// <summary>True when it was the connection that broke, and not what feeds it.</summary>
    public bool Failed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Taken;
        set => throw new NotSupportedException();
    }

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

        stalled.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException("Uploads are asynchronous.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Uploads are asynchronous.");
}
