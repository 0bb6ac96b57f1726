using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Where the next bytes of a file come from. First from the trunk, the ordinary answer, which is given up only when the parts
/// that come after it are on their way; where those stay away, from the trunk alone, this one or a new one.</summary>
/// <param name="open">Starts to fetch parts from there on.</param>
/// <param name="resume">Opens a new trunk from there on, of the same version.</param>
internal sealed partial class ResumableDownload(
    UpstreamBody trunk,
    RangedFile file,
    int partBytes,
    Func<long, PartWindow> open,
    Func<long, CancellationToken, Task<UpstreamBody>> resume,
    ILogger logger) : IAsyncDisposable
{
    /// <summary>How many parts ahead one is asked for at most, where the nearer ones came too late.</summary>
    private const int Furthest = 4;

    private PartWindow? _window;
    private int _ahead = 1;
    private bool _alone;

    /// <summary>What the next bytes are to be read from; null when they are in <see cref="Part"/>.</summary>
    public UpstreamBody? Trunk { get; private set; } = trunk;

    public ReadOnlyMemory<byte> Part { get; private set; }

    /// <summary>Decides, at a place where a part may begin, what the bytes up to the next such place come from.</summary>
    /// <param name="slow">Whether the server kept the reader waiting since the last time: only then is there one connection more.</param>
    public async Task CrossAsync(long position, bool slow, CancellationToken cancellationToken)
    {
        if (Trunk is null)
            await TakePartAsync(position, slow, cancellationToken);
        else if (!_alone)
            await LookAheadAsync(position, slow, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_window is not null)
            await _window.DisposeAsync();
        if (Trunk is not null)
            await Trunk.DisposeAsync();
        (_window, Trunk) = (null, null);
    }

    /// <summary>Ends every connection, and leaves it to others to clean up after them.</summary>
    public void Stop()
    {
        _window?.Stop();
        Trunk?.Content.Dispose();
    }

    private async Task LookAheadAsync(long position, bool slow, CancellationToken cancellationToken)
    {
        if (_window is null)
        {
            var from = position + ((long)_ahead * partBytes);
            _window = slow && from < file.Length ? open(from) : null;
        }
        else if (_window.Failure is { } failure)
        {
            await GiveUpPartsAsync(position, failure.Message);
        }
        else if (_window.From == position)
        {
            await (_window.IsPromised ? HandOverAsync(position, cancellationToken) : OvertakeAsync(position));
        }
    }

    private async Task HandOverAsync(long position, CancellationToken cancellationToken)
    {
        // The trunk would send what is coming in parts once more, and cannot be told to leave it out.
        await Trunk!.DisposeAsync();
        Trunk = null;
        LogParts(logger, file.Start.IdnHost, file.Start.AbsolutePath, position);
        await TakePartAsync(position, slow: true, cancellationToken);
    }

    /// <summary>The trunk has come to where the first part was to begin, and the server has not begun to send that.</summary>
    private async Task OvertakeAsync(long position)
    {
        await _window!.DisposeAsync();
        _window = null;
        _ahead *= 2;
        if (_ahead > Furthest)
            await GiveUpPartsAsync(position, "every one asked for came too late");
    }

    private async Task TakePartAsync(long position, bool slow, CancellationToken cancellationToken)
    {
        try
        {
            if (_window is not null)
                Part = await _window.NextAsync(position, slow, cancellationToken);
        }
        catch (ImgsyncException missing) when (!cancellationToken.IsCancellationRequested)
        {
            await GiveUpPartsAsync(position, missing.Message);
        }

        if (_window is null)
            Trunk = await resume(position, cancellationToken);
    }

    private async Task GiveUpPartsAsync(long position, string reason)
    {
        _alone = true;
        LogAlone(logger, file.Start.IdnHost, file.Start.AbsolutePath, position, reason);
        if (_window is not null)
            await _window.DisposeAsync();
        _window = null;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Host}: {Path} is read in parts, side by side, from byte {From} on")]
    private static partial void LogParts(ILogger logger, string host, string path, long from);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "{Host}: {Path} is read over one connection from byte {From} on, "
            + "for want of a part: {Reason}")]
    private static partial void LogAlone(ILogger logger, string host, string path, long from, string reason);
}
