namespace Imgsync.Core.Transfer;

/// <summary>Somewhere that an image's bytes go while they pass by: hashes, inspection, staging, Glance.</summary>
public interface IByteSink
{
    /// <summary>Takes the next bytes in order. They may change once the task is done.</summary>
    Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}
