using System.Runtime.CompilerServices;
using Imgsync.Core.Content;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Reads a file in order over several connections, where its server is slower than its reader. It begins with the ordinary
/// answer, the trunk. When that keeps the reader waiting, a part further on is asked for; if the server is sending it by the time the
/// trunk gets there, parts take over. Where a part cannot be had, the rest is read over one connection.</summary>
/// <param name="partsFrom">The parts from there on, none of them asked for yet.</param>
/// <param name="trunkFrom">Opens a new trunk from there on, of the same version.</param>
internal sealed partial class ParallelStream(
    UpstreamBody trunk,
    RangedFile file,
    int partBytes,
    Func<long, PartStream> partsFrom,
    Func<long, CancellationToken, Task<UpstreamBody>> trunkFrom,
    TimeProvider time,
    ILogger logger) : ForwardStream
{
    private const int Furthest = 4;

    private readonly WaitMeter _waits = new(time);
    private readonly long _start = trunk.Start;
    private long _position = trunk.Start;
    private UpstreamBody? _trunk = trunk;
    private PartStream? _parts;

    /// <summary>How many parts ahead the first one is asked for, twice as far each time it came too late; 0: none is any more.</summary>
    private int _ahead = 1;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _position == file.Length)
            return 0;
        var passed = (int)((_position - _start) % partBytes);
        if (_trunk is not null && _ahead > 0 && passed == 0 && _position > _start)
            await LookAheadAsync(_trunk);

        var wanted = buffer[..Math.Min(buffer.Length, partBytes - passed)];
        var count = await (_trunk is null ? ReadPartsAsync(wanted, cancellationToken) : ReadTrunkAsync(_trunk, wanted, cancellationToken));
        _position += count;
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await DropPartsAsync();
        if (_trunk is not null)
            await _trunk.DisposeAsync();
        await base.DisposeAsync();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadTrunkAsync(UpstreamBody trunk, Memory<byte> wanted, CancellationToken cancellationToken)
    {
        _waits.Begin();
        var count = await trunk.Content.ReadAsync(wanted, cancellationToken);
        _waits.End();
        if (_parts is { Next.IsPromised: true })
            _parts.Fill();
        return count > 0
            ? count
            : throw new ContentTooShortException(
                $"{file.Start.InMessages()} ended after {_position} of {file.Length} bytes; try again later.");
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadPartsAsync(Memory<byte> wanted, CancellationToken cancellationToken)
    {
        try
        {
            return await _parts!.ReadAsync(wanted, cancellationToken);
        }
        catch (ImgsyncException missing)
        {
            await GiveUpPartsAsync(missing.Message);
        }

        _trunk = await trunkFrom(_position, cancellationToken);
        return await ReadTrunkAsync(_trunk, wanted, cancellationToken);
    }

    /// <summary>Decides, where a part may begin, whether one is asked for, takes over or is given up.</summary>
    private async Task LookAheadAsync(UpstreamBody trunk)
    {
        var slow = _waits.Lap();
        var next = _position + ((long)_ahead * partBytes);
        if (_parts is null && slow && next < file.Length)
        {
            _parts = partsFrom(next);
            _parts.Fill(most: 1);
        }
        else if (_parts?.Next.Fetching.Exception is { } failure)
        {
            await GiveUpPartsAsync(failure.GetBaseException().Message);
        }
        else if (_parts?.Next.From == _position && _parts.Next.IsPromised)
        {
            // The trunk would send what is coming in parts once more, and cannot be told to leave it out.
            await trunk.DisposeAsync();
            _trunk = null;
            _parts.TakeOverFromTrunk();
        }
        else if (_parts?.Next.From == _position)
        {
            _ahead *= 2;
            await (_ahead > Furthest ? GiveUpPartsAsync("every one asked for came too late") : DropPartsAsync());
        }
    }

    private async Task GiveUpPartsAsync(string reason)
    {
        _ahead = 0;
        LogAlone(logger, file.Start.IdnHost, file.Start.AbsolutePath, _position, reason);
        await DropPartsAsync();
    }

    private async Task DropPartsAsync()
    {
        if (_parts is not null)
            await _parts.DisposeAsync();
        _parts = null;
    }

    [LoggerMessage(
        Level = LogLevel.Information, Message = "{Host}: {Path} is read over one connection from byte {From} on, "
            + "for want of a part: {Reason}")]
    private static partial void LogAlone(ILogger logger, string host, string path, long from, string reason);
}

/// <summary>Tells a server that is slower than the reader from a reader that is slower than the server.</summary>
internal sealed class WaitMeter(TimeProvider time)
{
    private long _lap = time.GetTimestamp();
    private long _began;
    private long _waited;

    public void Begin() => _began = time.GetTimestamp();

    public void End() => _waited += time.GetTimestamp() - _began;

    /// <summary>Whether most of the time since the last lap went by waiting for the server.</summary>
    public bool Lap()
    {
        var now = time.GetTimestamp();
        var mostly = _waited * 2 > now - _lap;
        (_lap, _waited) = (now, 0);
        return mostly;
    }
}
