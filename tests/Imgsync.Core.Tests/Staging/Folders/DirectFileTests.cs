using System.Security.Cryptography;
using Imgsync.Core.Content;
using Imgsync.Core.Staging.Folders;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Staging.Folders;

public sealed class DirectFileTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("imgsync-direct-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData(64 * BytePass.BlockBytes, 0)]
    [InlineData((64 * BytePass.BlockBytes) + 4097, 0)]
    [InlineData(1, 0)]
    [InlineData(64 * BytePass.BlockBytes, 4096)]
    [InlineData((8 * BytePass.BlockBytes) + 5, 12345)]
    public async Task What_goes_past_the_cache_and_what_goes_through_it_is_one_file(int length, int kept)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var store = new FolderStagingStore(_root.FullName, TimeProvider.System);
        await using (var first = await store.WriteAsync(TestImages.Debian12, Cancel))
            await first.WriteAsync(content.AsMemory(0, kept), Cancel);

        await using (var writer = await store.WriteAsync(TestImages.Debian12, Cancel))
        {
            Assert.Equal(kept, writer.Kept);
            writer.ReadLater();
            await new BytePass(length, _ => { }).PumpAsync(
                new MemoryStream(content, kept, length - kept), [writer], CancellationToken.None, Cancel);
        }

        var file = Assert.Single(_root.GetFiles("*.partial", SearchOption.AllDirectories));
        Assert.Equal(content, await File.ReadAllBytesAsync(file.FullName, Cancel));
    }

    [Fact]
    public async Task A_block_that_is_pages_goes_past_the_cache_and_after_a_slow_one_the_next_16_mebibytes_do_not()
    {
        await using var file = Make();
        using var block = PageBlock.Rent();

        using (var fast = Open(file, TimeSpan.FromMinutes(1)))
        {
            Assert.True(await fast.TryWriteAsync(block.Memory, 0, Cancel));
            Assert.True(await fast.TryWriteAsync(block.Memory, BytePass.BlockBytes, Cancel));
            Assert.False(await fast.TryWriteAsync(block.Memory[..4095], 2 * BytePass.BlockBytes, Cancel));
            Assert.False(await fast.TryWriteAsync(block.Memory[..4096], 2 * BytePass.BlockBytes - 1, Cancel));
        }

        using var slow = Open(file, TimeSpan.Zero);
        Assert.True(await slow.TryWriteAsync(block.Memory, 0, Cancel));
        Assert.False(await slow.TryWriteAsync(block.Memory, BytePass.BlockBytes, Cancel));
        Assert.False(await slow.TryWriteAsync(block.Memory, (16 << 20) - BytePass.BlockBytes, Cancel));
        Assert.True(await slow.TryWriteAsync(block.Memory, 16 << 20, Cancel));
        Assert.Equal((16L << 20) + BytePass.BlockBytes, RandomAccess.GetLength(file.SafeFileHandle));
    }

    [Fact]
    public async Task What_the_disk_does_not_take_is_for_the_usual_way_from_then_on()
    {
        await using var file = Make();
        using var block = PageBlock.Rent();
        using var direct = Open(file, TimeSpan.FromMinutes(1));

        // No file goes on behind the largest offset.
        Assert.False(await direct.TryWriteAsync(block.Memory, long.MaxValue / 4096 * 4096, Cancel));
        Assert.False(await direct.TryWriteAsync(block.Memory, 0, Cancel));
    }

    private FileStream Make() => new(
        Path.Join(_root.FullName, "file"),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 });

    private static DirectFile Open(FileStream file, TimeSpan slow)
    {
        var direct = DirectFile.Open(file.SafeFileHandle, slow);
        Requirement.Demand(direct is null ? "The folder for temporary files cannot be written past the cache: set TMPDIR." : null);
        return direct!;
    }
}
