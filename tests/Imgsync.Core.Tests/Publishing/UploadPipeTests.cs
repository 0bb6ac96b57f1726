using Imgsync.Core.Publishing;

namespace Imgsync.Core.Tests.Publishing;

public sealed class UploadPipeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_block_is_held_back_until_it_is_released()
    {
        var pipe = new UploadPipe();
        var read = new byte[8];

        await pipe.WriteAsync(new byte[] { 1, 2 }, Cancel);
        await pipe.WriteAsync(new byte[] { 3, 4 }, Cancel);
        var early = await pipe.Body.ReadAsync(read, Cancel);
        var pending = pipe.Body.ReadAsync(read.AsMemory(early), Cancel).AsTask();

        Assert.Equal(2, early);
        Assert.False(pending.IsCompleted);

        await pipe.ReleaseAsync(Cancel);

        Assert.Equal(2, await pending);
        Assert.Equal(0, await pipe.Body.ReadAsync(read, Cancel));
        Assert.Equal([1, 2, 3, 4], read[..4]);
    }

    [Fact]
    public async Task A_cut_pipe_ends_in_an_error_and_never_delivers_what_was_held_back()
    {
        var pipe = new UploadPipe();
        await pipe.WriteAsync(new byte[] { 1, 2 }, Cancel);

        await pipe.CutAsync();

        await Assert.ThrowsAsync<IOException>(() => pipe.Body.CopyToAsync(Stream.Null, Cancel));
    }

    [Fact]
    public async Task Writing_goes_on_without_effect_once_nobody_reads()
    {
        var pipe = new UploadPipe();
        await pipe.Body.DisposeAsync();

        for (var block = 0; block < 64; block++)
            await pipe.WriteAsync(new byte[1 << 20], Cancel);

        await pipe.ReleaseAsync(Cancel);
    }

    [Fact]
    public async Task A_slow_reader_holds_the_writer_up_instead_of_filling_memory()
    {
        var pipe = new UploadPipe();
        var written = 0;
        var writing = Task.Run(
            async () =>
            {
                for (; written < 64; written++)
                    await pipe.WriteAsync(new byte[1 << 20], Cancel);
                await pipe.ReleaseAsync(Cancel);
            },
            Cancel);

        Assert.NotEqual(0, await pipe.Body.ReadAsync(new byte[1], Cancel));
        Assert.InRange(Volatile.Read(ref written), 0, 8);

        await pipe.Body.CopyToAsync(Stream.Null, Cancel);
        await writing;
        Assert.Equal(64, written);
    }
}
