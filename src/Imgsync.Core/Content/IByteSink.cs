namespace Imgsync.Core.Content;

/// <summary>Somewhere that an image's bytes go while they pass by: hashes, inspection, staging, Glance.</summary>
public interface IByteSink
{
    /// <summary>Whether it keeps what came for a later pass, however this one ends.</summary>
    bool Keeps => false;

    /// <summary>
    /// Takes the next bytes in order. They may change once the task is done. It is awaited once, so that its object can serve the next
    /// block: one for each block and sink would be most of what a pass allocates.
    /// </summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}
