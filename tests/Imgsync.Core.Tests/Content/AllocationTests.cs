using System.Runtime.CompilerServices;
using Imgsync.Core.Content;
using Imgsync.Core.Publishing;
using Imgsync.Core.Staging.Folders;

namespace Imgsync.Core.Tests.Content;

/// <summary>
/// What a pass allocates for a GiB, found by comparing a long pass with a short one: the start costs what it costs. Some tens of MiB
/// show it, since every block costs the same; gigabytes, and the whole program, are the affair of bench/allocation.sh.
/// </summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests : IDisposable
{
    private const int MiB = 1 << 20;

#if DEBUG
    /// <summary>A debug build makes an object of every state machine; bench/allocation.sh holds the built program to 1 MiB.</summary>
    private const int Allowed = 4 * MiB;
#else
    private const int Allowed = MiB;
#endif

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imgsync-allocation-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pass_through_hashes_staging_and_an_upload_allocates_next_to_nothing_for_a_block()
    {
        await MeasureAsync(4 * MiB); // compiles, and fills the pools

        var start = await LeastAsync(MiB, passes: 4, enough: 0);
        var whole = await LeastAsync(17 * MiB, passes: 8, enough: start + (Allowed / 64));

        Assert.InRange((whole - start) * 64, long.MinValue, Allowed);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>
    /// How often a task has to wait for another depends on what else the machine does, and the quietest of some passes counts. What is
    /// allocated for every block is in each of them.
    /// </summary>
    private async Task<long> LeastAsync(long length, int passes, long enough)
    {
        var least = long.MaxValue;
        for (var pass = 0; pass < passes && least > enough; pass++)
            least = Math.Min(least, await MeasureAsync(length));
        return least;
    }

    /// <summary>Counts what every thread of the process allocates.</summary>
    private async Task<long> MeasureAsync(long length)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        using var hasher = new ContentHasher(sha256: true);
        await using var writer = await FolderStagingWriter.OpenAsync(new StagingFolder(_folder.FullName), "image", Cancel);
        var pipe = new UploadPipe();
        var upload = pipe.Body.CopyToAsync(Stream.Null, Cancel);
        await using var source = new Trickle(length);
        await new BytePass(long.MaxValue, _ => { }).PumpAsync(source, [hasher, pipe, writer], CancellationToken.None, Cancel);
        await pipe.ReleaseAsync(Cancel);
        await upload;
        await writer.DiscardAsync(Cancel);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    /// <summary>Gives bytes as a connection does: some at a time, and never at once.</summary>
    private sealed class Trickle(long length) : MemoryStream
    {
        private long _left = length;

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            var given = (int)Math.Min(Math.Min(_left, buffer.Length), 64 << 10);
            _left -= given;
            return given;
        }
    }
}

/// <summary>For tests that measure the whole process: nothing runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
