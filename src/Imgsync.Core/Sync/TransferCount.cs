namespace Imgsync.Core.Sync;

/// <summary>Counts an image's bytes while they move, so that an attempt that fails has them in its outcome, too.</summary>
public sealed class TransferCount
{
    /// <summary>Bytes that came from upstream.</summary>
    public long Downloaded { get; set; }

    /// <summary>Bytes that were sent to Glance.</summary>
    public long Uploaded { get; set; }

    /// <summary>Bytes that earlier attempts at the same work had left in staging when this one began.</summary>
    public long KeptByThisWork { get; set; }
}
