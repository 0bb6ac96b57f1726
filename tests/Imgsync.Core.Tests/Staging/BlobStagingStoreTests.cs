using Azure.Storage.Blobs;
using Imgsync.Core.Staging;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Staging;

/// <summary>Each test has a container of its own, which does not exist before the store makes it.</summary>
public sealed class BlobStagingStoreTests(Azurite azurite) : StagingStoreContract, IClassFixture<Azurite>
{
    private readonly string _container = Azurite.UniqueContainer();

    protected override IStagingStore Store =>
        new BlobStagingStore(new BlobContainerClient(azurite.ConnectionString, _container), TimeProvider.System);

    [Fact]
    public async Task Content_of_many_blocks_is_read_back_in_order_after_an_attempt_that_ended_half_way()
    {
        var content = new byte[(20 << 20) + 17];
        new Random(1).NextBytes(content);
        await using (var dying = await Store.WriteAsync(TestImages.Debian12, Cancel))
            await dying.WriteAsync(content.AsMemory(0, 9 << 20), Cancel);

        await using var writer = await Store.WriteAsync(TestImages.Debian12, Cancel);
        Assert.Equal(9 << 20, writer.Kept);
        await writer.WriteAsync(content.AsMemory(9 << 20), Cancel);
        var staged = await writer.CommitAsync(FactsOf(content), Cancel);

        await using var read = await Store.ReadAsync(staged, Cancel);
        using var back = new MemoryStream();
        await read.CopyToAsync(back, Cancel);
        Assert.Equal(content, back.ToArray());
    }

    [Fact]
    public async Task A_storage_account_that_does_not_answer_is_a_failure_that_may_pass()
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        var store = new BlobStagingStore(new BlobContainerClient(new Uri("http://127.0.0.1:1/imgsync/container"), options), TimeProvider.System);

        var failure = await Assert.ThrowsAsync<StagingUnavailableException>(() => store.FindAsync(TestImages.Debian12, Cancel));

        Assert.Contains("does not answer", failure.Message, StringComparison.Ordinal);
    }
}
