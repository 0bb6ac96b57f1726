using System.Buffers;

namespace Imgsync.Core.Upstream.Client.Parallel;

/// <summary>How large the parts of a file are that travel side by side, and where the memory for them comes from.</summary>
internal sealed record PartMemory(int PartBytes, MemoryPool<byte> Pool)
{
    /// <summary>Large enough that one request more for each does not show, small enough that sixteen streams fit a small machine.</summary>
    public static PartMemory Default { get; } = new(4 << 20, MemoryPool<byte>.Shared);
}
