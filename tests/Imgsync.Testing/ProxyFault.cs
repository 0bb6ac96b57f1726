namespace Imgsync.Testing;

/// <summary>What a <see cref="FaultProxy"/> does to its connections; nothing by default.</summary>
public sealed record ProxyFault
{
    /// <summary>How often a slowed or stalled connection is looked at.</summary>
    internal static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    internal FaultKind Kind { get; private init; }

    internal long Bytes { get; private init; }

    internal FaultDirection Direction { get; private init; } = FaultDirection.Upload | FaultDirection.Download;

    public static ProxyFault None { get; } = new();

    /// <summary>Resets new connections before a byte is read, and open ones at their next byte.</summary>
    public static ProxyFault Refuse { get; } = new() { Kind = FaultKind.Refuse };

    /// <summary>Ends connections in good order, mid-sentence, after so many bytes.</summary>
    public static ProxyFault CutAfter(long bytes) => new() { Kind = FaultKind.Cut, Bytes = bytes };

    /// <summary>Resets connections after so many bytes.</summary>
    public static ProxyFault ResetAfter(long bytes) => new() { Kind = FaultKind.Reset, Bytes = bytes };

    /// <summary>Lets so many bytes through and no more, and keeps the connections open, until the fault is changed.</summary>
    public static ProxyFault StallAfter(long bytes) => new() { Kind = FaultKind.Stall, Bytes = bytes };

    /// <summary>Lets bytes trickle on each connection.</summary>
    public static ProxyFault SlowTo(long bytesPerSecond) => new() { Kind = FaultKind.Slow, Bytes = bytesPerSecond };

    /// <summary>Touches only what the client sends, such as the body of an upload. Byte counts still include both directions.</summary>
    public ProxyFault OfUploads() => this with { Direction = FaultDirection.Upload };

    /// <summary>Touches only what the server sends.</summary>
    public ProxyFault OfDownloads() => this with { Direction = FaultDirection.Download };
}

internal enum FaultKind
{
    None,
    Refuse,
    Cut,
    Reset,
    Stall,
    Slow,
}

[Flags]
internal enum FaultDirection
{
    None = 0,
    Upload = 1,
    Download = 2,
}
