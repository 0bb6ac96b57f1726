using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Imgsync.Core.Staging;
using Imgsync.Core.Staging.Blobs;
using Imgsync.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Staging.Blobs;

/// <summary>Each test has a container of its own, which does not exist before the store makes it.</summary>
[Long]
public sealed class BlobStagingStoreTests(Azurite azurite) : StagingStoreContract, IClassFixture<Azurite>
{
    private readonly string _container = Azurite.UniqueContainer();

    protected override IDocumentStore Documents => new BlobDocumentStore(Container);

    protected override IStagingStore Store =>
        new BlobStagingStore(Container, TimeProvider.System) { Patience = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task A_dead_writers_lease_is_outlasted_and_what_it_brought_is_taken_up()
    {
        await using (var dying = await Store.WriteAsync(TestImages.Debian12, Cancel))
            await dying.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
        var unfinished = await Container.GetBlobsAsync(cancellationToken: Cancel).FirstAsync(Cancel);
        await Container.GetBlobClient(unfinished.Name).GetBlobLeaseClient().AcquireAsync(
            TimeSpan.FromSeconds(15), cancellationToken: Cancel);

        await using var next = await new BlobStagingStore(Container, TimeProvider.System).WriteAsync(TestImages.Debian12, Cancel);

        Assert.Equal(3, next.Kept);
    }

    [Fact]
    public async Task A_writer_that_lives_is_waited_for_no_longer_than_a_dead_one_would_hold_on_and_keeps_its_copy()
    {
        var time = new FakeTimeProvider();
        await using var alive = await Store.WriteAsync(TestImages.Debian12, Cancel);

        var second = new BlobStagingStore(Container, time).WriteAsync(TestImages.Debian12, Cancel);
        for (var seconds = 0; seconds < 300 && !second.IsCompleted; seconds++)
        {
            await Task.WhenAny(second, Task.Delay(50, Cancel));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var busy = await Assert.ThrowsAsync<StagingUnavailableException>(() => second);
        Assert.Contains("another writer is at work on the same image", busy.Message, StringComparison.Ordinal);
        await alive.WriteAsync(new byte[] { 1 }, Cancel);
    }

    [Fact]
    public async Task Nobody_waits_for_another_writer_once_cancelled()
    {
        await using var alive = await Store.WriteAsync(TestImages.Debian12, Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var second = new BlobStagingStore(Container, TimeProvider.System).WriteAsync(TestImages.Debian12, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

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
    public async Task What_a_killed_writer_had_sent_and_not_committed_is_taken_up()
    {
        var content = new byte[(17 << 20) + 5];
        new Random(2).NextBytes(content);
        var killed = await Store.WriteAsync(TestImages.Debian12, Cancel);
        await killed.RestartAsync("\"v1\"", Cancel);
        await killed.WriteAsync(content.AsMemory(0, (16 << 20) + 3), Cancel);
        var incoming = Container.GetBlockBlobClient("incoming/" + StagedImage.NameOf(TestImages.Debian12));
        await SentAsync(incoming, blocks: 2);
        await incoming.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancel); // as time does

        await using var writer = await Store.WriteAsync(TestImages.Debian12, Cancel);
        Assert.Equal((16 << 20, "\"v1\""), (writer.Kept, writer.KeptVersion));
        await writer.WriteAsync(content.AsMemory(16 << 20), Cancel);
        var staged = await writer.CommitAsync(FactsOf(content), Cancel);

        await using var read = await Store.ReadAsync(staged, Cancel);
        Assert.Equal(FactsOf(content).Sha256!.Hex, Convert.ToHexStringLower(await SHA256.HashDataAsync(read, Cancel)));
        await killed.DisposeAsync();
    }

    [Fact]
    public async Task What_was_sent_of_another_version_is_forgotten_at_a_restart()
    {
        var killed = await Store.WriteAsync(TestImages.Debian12, Cancel);
        await killed.WriteAsync(new byte[8 << 20], Cancel);
        var incoming = Container.GetBlockBlobClient("incoming/" + StagedImage.NameOf(TestImages.Debian12));
        await SentAsync(incoming, blocks: 1);
        await incoming.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancel);
        await using (var restarted = await Store.WriteAsync(TestImages.Debian12, Cancel))
            await restarted.RestartAsync("\"v2\"", Cancel);

        await using var next = await Store.WriteAsync(TestImages.Debian12, Cancel);

        Assert.Equal(0, next.Kept);
        await killed.DisposeAsync();
    }

    [Fact]
    public async Task A_storage_account_that_does_not_answer_is_a_failure_that_may_pass()
    {
        var key = Convert.ToBase64String("marked account key"u8);
        var connection = $"AccountName=imgsync;AccountKey={key};BlobEndpoint=http://127.0.0.1:1/imgsync";
        var options = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        var store = new BlobStagingStore(new BlobContainerClient(connection, "container", options), TimeProvider.System);

        var failure = await Assert.ThrowsAsync<StagingUnavailableException>(() => store.FindAsync(TestImages.Debian12, Cancel));

        Assert.Contains("does not answer", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_is_not_there_is_empty_until_the_first_writer_makes_it()
    {
        Assert.Null(await Store.FindAsync(TestImages.Debian12, Cancel));
        Assert.Null(await Documents.LoadAsync("reports/last.json", longest: 10, Cancel));
        await Store.SweepAsync(TimeSpan.Zero, TimeSpan.Zero, Cancel);
        Assert.False(await Container.ExistsAsync(Cancel));

        await using var writer = await Store.WriteAsync(TestImages.Debian12, Cancel);

        Assert.True(await Container.ExistsAsync(Cancel));
    }

    [Fact]
    public async Task A_container_that_is_deleted_under_a_writer_is_named()
    {
        await using var writer = await Store.WriteAsync(TestImages.Debian12, Cancel);
        await writer.WriteAsync(new byte[] { 1, 2, 3, 4, 5, 6 }, Cancel);
        await Container.DeleteAsync(cancellationToken: Cancel);

        var failure = await Assert.ThrowsAsync<StagingException>(() => writer.CommitAsync(FactsOf([1, 2, 3, 4, 5, 6]), Cancel));

        Assert.Contains(_container, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Four_blocks_are_on_their_way_at_once_and_no_more_are_held_in_memory()
    {
        await using var proxy = new FaultProxy(Container.Uri);
        var store = new BlobStagingStore(new BlobContainerClient(By(proxy), _container), TimeProvider.System);
        var writer = await store.WriteAsync(TestImages.Debian12, Cancel);
        proxy.Fault = ProxyFault.StallAfter(0).OfUploads();

        var block = new byte[8 << 20];
        for (var number = 0; number < 4; number++)
            await writer.WriteAsync(block, Cancel);
        var fifth = writer.WriteAsync(block, Cancel);
        var wasHeldUp = !fifth.IsCompleted;
        proxy.Fault = ProxyFault.None;
        await fifth;
        await writer.DiscardAsync(Cancel);
        await writer.DisposeAsync();

        Assert.True(wasHeldUp);
    }

    [Fact]
    [Shows("a-stop-keeps-what-came")]
    public async Task Blocks_that_are_on_their_way_when_a_run_is_stopped_are_waited_for_and_kept()
    {
        await using var proxy = new FaultProxy(Container.Uri);
        var store = new BlobStagingStore(new BlobContainerClient(By(proxy), _container), TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var content = Random(seed: 3, (40 << 20) + 17);
        await using (var writer = await store.WriteAsync(TestImages.Debian12, Cancel))
        {
            await writer.RestartAsync("\"v1\"", Cancel);
            proxy.Fault = ProxyFault.StallAfter(0).OfUploads();
            for (var sent = 0; sent < 4; sent++)
                await writer.WriteAsync(content.AsMemory(sent * (8 << 20), 8 << 20), stop.Token);
            var held = writer.WriteAsync(content.AsMemory(32 << 20), stop.Token);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await held);
            proxy.Fault = ProxyFault.None;
        }

        // Of the write that was held up, what filled its block; the rest never came to it.
        await AssertGoesOnAsync(content, kept: 40 << 20);
    }

    [Fact]
    [Shows("a-stop-keeps-what-came")]
    public async Task Of_blocks_of_which_one_is_lost_those_before_it_are_kept()
    {
        await using var proxy = new FaultProxy(Container.Uri);
        var once = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        var store = new BlobStagingStore(new BlobContainerClient(By(proxy), _container, once), TimeProvider.System);
        var content = Random(seed: 4, 25 << 20);
        await using (var writer = await store.WriteAsync(TestImages.Debian12, Cancel))
        {
            await writer.RestartAsync("\"v1\"", Cancel);
            await writer.WriteAsync(content.AsMemory(0, 16 << 20), Cancel);
            await SentAsync(Container.GetBlockBlobClient("incoming/" + StagedImage.NameOf(TestImages.Debian12)), blocks: 2);
            proxy.Fault = ProxyFault.Refuse;
            await writer.WriteAsync(content.AsMemory(16 << 20, 8 << 20), Cancel);
            await Assert.ThrowsAsync<StagingUnavailableException>(() => writer.CommitAsync(FactsOf(content), Cancel));
            proxy.Fault = ProxyFault.None;
        }

        await AssertGoesOnAsync(content, kept: 16 << 20);
    }

    /// <summary>The next run takes up so many bytes, and what it makes of them is the content.</summary>
    private async Task AssertGoesOnAsync(byte[] content, int kept)
    {
        await using var next = await Store.WriteAsync(TestImages.Debian12, Cancel);
        Assert.Equal((kept, "\"v1\""), (next.Kept, next.KeptVersion));
        await next.WriteAsync(content.AsMemory(kept), Cancel);
        var staged = await next.CommitAsync(FactsOf(content), Cancel);
        await using var read = await Store.ReadAsync(staged, Cancel);
        Assert.Equal(FactsOf(content).Sha256!.Hex, Convert.ToHexStringLower(await SHA256.HashDataAsync(read, Cancel)));
    }

    private static byte[] Random(int seed, int length)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    [Fact]
    public async Task An_account_that_goes_away_in_the_middle_of_an_upload_is_a_failure_that_may_pass_and_what_was_committed_stays()
    {
        await using var dying = await Azurite.StartPrivateAsync(Cancel);
        var retries = new BlobClientOptions { Retry = { MaxRetries = 1, Delay = TimeSpan.FromMilliseconds(10) } };
        var container = new BlobContainerClient(dying.ConnectionString, _container, retries);
        var store = new BlobStagingStore(container, TimeProvider.System);
        var content = new byte[9 << 20];
        await using (var first = await store.WriteAsync(TestImages.Debian12, Cancel))
            await first.WriteAsync(content, Cancel);
        var writer = await store.WriteAsync(TestImages.Debian12, Cancel);

        await dying.StopAsync(Cancel);
        await writer.WriteAsync(content, Cancel);
        var failure = await Assert.ThrowsAsync<StagingUnavailableException>(() => writer.CommitAsync(FactsOf(content), Cancel));
        await writer.DisposeAsync();
        await dying.RestartAsync(Cancel);

        Assert.Contains("does not answer", failure.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync(TestImages.Debian12, Cancel));
        await container.GetBlobClient(
            "incoming/" + StagedImage.NameOf(TestImages.Debian12)).GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancel);
        await using var next = await store.WriteAsync(TestImages.Debian12, Cancel);
        Assert.Equal(content.Length, next.Kept);
    }

    private static Task SentAsync(BlockBlobClient blob, int blocks) => Eventually.TrueAsync(
        $"{blocks} blocks have been sent",
        async () =>
            (await blob.GetBlockListAsync(
                BlockListTypes.Uncommitted, cancellationToken: Cancel)).Value.UncommittedBlocks.Count() >= blocks);

    private BlobContainerClient Container => new(azurite.ConnectionString, _container);

    private string By(FaultProxy proxy) => azurite.ConnectionString.Replace(
        $"BlobEndpoint=http://127.0.0.1:{Container.Uri.Port}", $"BlobEndpoint=http://127.0.0.1:{proxy.Url.Port}", StringComparison.Ordinal);
}
