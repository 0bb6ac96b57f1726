using Azure.Storage.Blobs;
using Imgsync.Core.Content;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Staging.Blobs;

/// <summary>What a block of a pass costs on its way into a block of a blob; sending that is the storage library's affair.</summary>
public sealed class BlobAllocationTests(Azurite azurite) : IClassFixture<Azurite>
{
    /// <summary>With the first one, less than a block of the blob takes.</summary>
    private const int Writes = 30;

#if DEBUG
    /// <summary>A debug build makes an object of every state machine.</summary>
    private const int AllowedForEach = 480;
#else
    private const int AllowedForEach = 0;
#endif

    [Fact]
    public async Task A_write_that_fills_no_block_of_the_blob_allocates_nothing()
    {
        var cancel = TestContext.Current.CancellationToken;
        var store = new BlobStagingStore(new BlobContainerClient(azurite.ConnectionString, Azurite.UniqueContainer()), TimeProvider.System);
        await using var writer = await store.WriteAsync(TestImages.Debian12, cancel);
        var block = new byte[BytePass.BlockBytes];
        await writer.WriteAsync(block, cancel);

        // These are copied and wait for nothing, so that all of them stay on this thread.
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var write = 0; write < Writes; write++)
            await writer.WriteAsync(block, cancel);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        await writer.DiscardAsync(cancel);

        Assert.InRange(allocated, 0, Writes * AllowedForEach);
    }
}
