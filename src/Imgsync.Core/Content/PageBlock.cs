using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Imgsync.Core.Content;

/// <summary>Memory for one block of a <see cref="BytePass"/>, which begins at a page and stays at its place: only out of such memory does
/// a disk take bytes by itself (open(2), <c>O_DIRECT</c>). Whoever disposes it gives it to the next.</summary>
internal sealed class PageBlock : IMemoryOwner<byte>
{
    /// <summary>In bytes: what a disk takes by itself begins and ends at multiples of it.</summary>
    public const int Page = 4096;

    private static readonly ConcurrentBag<PageBlock> Spare = [];

    private PageBlock()
    {
        var pinned = GC.AllocateUninitializedArray<byte>(BytePass.BlockBytes + Page, pinned: true);
        var past = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0) % Page);
        Memory = pinned.AsMemory((Page - past) % Page, BytePass.BlockBytes);
    }

    public Memory<byte> Memory { get; }

    public static PageBlock Rent() => Spare.TryTake(out var spare) ? spare : new PageBlock();

    public void Dispose() => Spare.Add(this);
}
