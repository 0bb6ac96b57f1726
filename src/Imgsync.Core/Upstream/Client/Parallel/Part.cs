using System.Buffers;

namespace Imgsync.Core.Upstream.Client.Parallel;

/// <summary>A range of a file on its way into memory.</summary>
internal sealed class Part(long from, int length, IMemoryOwner<byte> memory) : IDisposable
{
    private volatile bool _promised;

    public long From => from;

    public Memory<byte> Bytes => memory.Memory[..length];

    /// <summary>Ends when all bytes are there, or with the reason why they cannot be had.</summary>
    public Task Fetching { get; set; } = Task.CompletedTask;

    /// <summary>The server has begun to send this very range of this very version.</summary>
    public bool IsPromised => _promised;

    public void Promise() => _promised = true;

    /// <summary>Only after <see cref="Fetching"/> has ended: the pool must not get memory back that is still written to.</summary>
    public void Dispose() => memory.Dispose();
}
