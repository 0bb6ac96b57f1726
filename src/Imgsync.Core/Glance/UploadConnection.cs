using System.Runtime.CompilerServices;
using Imgsync.Core.Content;

namespace Imgsync.Core.Glance;

/// <summary>A connection whose other side may refuse an upload midway and close: what it said before can still be read, where .NET would
/// only tell that the body could not be written.</summary>
internal sealed class UploadConnection(Stream connection) : ForwardStream
{
    /// <summary>Told by a connection that no longer takes what the upload under way writes to it.</summary>
    public static readonly AsyncLocal<Action?> Broken = new();

    private bool _isBroken;

    public override bool CanWrite => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReadAsync(buffer, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isBroken)
            return;
        try
        {
            await connection.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException) when (Broken.Value is not null)
        {
            _isBroken = true;
            Broken.Value();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _isBroken ? Task.CompletedTask : connection.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            connection.Dispose();
        base.Dispose(disposing);
    }
}
