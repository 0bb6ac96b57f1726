using System.Runtime.CompilerServices;
using Imgsync.Core.Content;

namespace Imgsync.Core.Upstream.Client;

/// <summary>Reads a file in order, over more connections the longer its server keeps the reader waiting.</summary>
internal sealed class ParallelStream(
    ResumableDownload source, RangedFile file, long start, int partBytes, TimeProvider time) : ForwardStream
{
    private readonly WaitMeter _waits = new(time);
    private long _position = start;
    private long _boundary = Math.Min(start + partBytes, file.Length);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _position == file.Length)
            return 0;
        if (_position == _boundary)
            await CrossAsync(cancellationToken);

        var left = _boundary - _position;
        var wanted = buffer[..(int)Math.Min(buffer.Length, left)];
        if (source.Trunk is { } trunk)
            return await ReadTrunkAsync(trunk, wanted, cancellationToken);

        source.Part[^(int)left..][..wanted.Length].CopyTo(wanted);
        _position += wanted.Length;
        return wanted.Length;
    }

    public override async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Stop();
        base.Dispose(disposing);
    }

    private async Task CrossAsync(CancellationToken cancellationToken)
    {
        var slow = _waits.Lap();
        _waits.Begin();
        await source.CrossAsync(_position, slow, cancellationToken);
        _waits.End();
        _boundary = Math.Min(_position + partBytes, file.Length);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadTrunkAsync(UpstreamBody trunk, Memory<byte> wanted, CancellationToken cancellationToken)
    {
        _waits.Begin();
        var count = await trunk.Content.ReadAsync(wanted, cancellationToken);
        _waits.End();
        _position += count;
        return count > 0
            ? count
            : throw new ContentTooShortException(
                $"{file.Start.InMessages()} ended after {_position} of {file.Length} bytes; try again later.");
    }
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
