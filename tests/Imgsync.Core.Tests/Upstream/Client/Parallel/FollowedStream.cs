using Imgsync.Core.Content;

namespace Imgsync.Core.Tests.Upstream.Client.Parallel;

/// <summary>Shows how far its reader has come.</summary>
internal sealed class FollowedStream(Stream content, long start = 0) : ForwardStream
{
    private long _reached = start;

    /// <summary>How many bytes of the file have been read, those before its start included.</summary>
    public long Reached => Volatile.Read(ref _reached);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await content.ReadAsync(buffer, cancellationToken);
        Volatile.Write(ref _reached, _reached + count);
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await content.DisposeAsync();
        await base.DisposeAsync();
    }
}
