using System.Security.Cryptography;
using Imgsync.Core.Content;
using Imgsync.Core.Signatures;
using Imgsync.Core.Staging;
using Imgsync.Core.Tests.Signatures;
using Imgsync.Core.Upstream;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Staging;

/// <summary>What every staging store promises. Each store runs these tests against its real self.</summary>
public abstract class StagingStoreContract
{
    private static readonly ResolvedImage Image = TestImages.Debian12;

    private static readonly ContentFacts Facts = new(
        6,
        Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]),
        Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64]));

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract IStagingStore Store { get; }

    protected abstract IDocumentStore Documents { get; }

    [Fact]
    public async Task A_work_is_told_how_much_was_there_before_its_first_attempt()
    {
        await WriteAsync("monday/east", [1, 2, 3]);
        await WriteAsync("tuesday/east", [4]);
        await WriteAsync("tuesday/east", [5, 6]);

        Assert.Equal((6, 3), await ClaimAsync("tuesday/east"));
        Assert.Equal((6, 6), await ClaimAsync("tuesday/west"));
        Assert.Equal((6, 6), await ClaimAsync("tuesday/east"));

        async Task WriteAsync(string work, byte[] bytes)
        {
            await using var writer = await Store.WriteAsync(Image, Cancel);
            await writer.ClaimAsync(work, Cancel);
            if (writer.Kept == 0)
                await writer.RestartAsync("version", Cancel);
            await ReadToEndAsync(await writer.ReadKeptAsync(Cancel));
            await writer.WriteAsync(bytes, Cancel);
        }

        async Task<(long, long)> ClaimAsync(string work)
        {
            await using var writer = await Store.WriteAsync(Image, Cancel);
            return (writer.Kept, await writer.ClaimAsync(work, Cancel));
        }
    }

    [Fact]
    public async Task A_copy_that_is_restarted_had_nothing_before()
    {
        await using (var dying = await Store.WriteAsync(Image, Cancel))
        {
            await dying.RestartAsync("monday", Cancel);
            await dying.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
        }

        await using (var next = await Store.WriteAsync(Image, Cancel))
        {
            Assert.Equal(3, await next.ClaimAsync("work", Cancel));
            await next.RestartAsync("tuesday", Cancel);
            await next.WriteAsync(new byte[] { 4 }, Cancel);
        }

        await using var last = await Store.WriteAsync(Image, Cancel);
        Assert.Equal((1, 0, "tuesday"), (last.Kept, await last.ClaimAsync("work", Cancel), last.KeptVersion));
    }

    [Fact]
    public async Task Content_is_found_and_read_back_once_it_is_committed()
    {
        await using (var writer = await Store.WriteAsync(Image, Cancel))
        {
            await writer.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
            await writer.WriteAsync(new byte[] { 4, 5, 6 }, Cancel);
            await writer.CommitAsync(Facts, Cancel);
        }

        var staged = await Store.FindAsync(Image, Cancel);

        Assert.NotNull(staged);
        Assert.Equal(Facts, staged.Facts);
        Assert.Equal([1, 2, 3, 4, 5, 6], await ReadAsync(staged));
    }

    [Fact]
    public async Task Content_is_not_visible_before_it_is_committed()
    {
        await using var writer = await Store.WriteAsync(Image, Cancel);
        await writer.WriteAsync(new byte[] { 1, 2, 3, 4, 5, 6 }, Cancel);

        Assert.Null(await Store.FindAsync(Image, Cancel));
    }

    [Fact]
    public async Task An_unfinished_copy_is_taken_up_where_it_ended()
    {
        await using (var dying = await Store.WriteAsync(Image, Cancel))
        {
            await dying.RestartAsync("\"v1\"", Cancel);
            await dying.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
        }

        StagedImage staged;
        await using (var writer = await Store.WriteAsync(Image, Cancel))
        {
            Assert.Equal(3, writer.Kept);
            Assert.Equal("\"v1\"", writer.KeptVersion);
            Assert.Equal([1, 2, 3], await ReadToEndAsync(await writer.ReadKeptAsync(Cancel)));
            await writer.WriteAsync(new byte[] { 4, 5, 6 }, Cancel);
            staged = await writer.CommitAsync(Facts, Cancel);
        }

        Assert.Equal([1, 2, 3, 4, 5, 6], await ReadAsync(staged));
    }

    [Theory]
    [Shows("a-stop-keeps-what-came")]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData((8 << 20) + 1)]
    public async Task A_stop_keeps_what_came(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using (var stopped = await Store.WriteAsync(Image, stop.Token))
        {
            await stopped.RestartAsync("\"v1\"", stop.Token);
            await stopped.WriteAsync(content, stop.Token);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped.CommitAsync(Facts, stop.Token));
        }

        await Store.SweepAsync(TimeSpan.FromDays(1), TimeSpan.FromDays(7), Cancel);

        await using var next = await Store.WriteAsync(Image, Cancel);
        Assert.Equal((length, "\"v1\""), (next.Kept, next.KeptVersion));
        Assert.Equal(content, await ReadToEndAsync(await next.ReadKeptAsync(Cancel)));
    }

    [Fact]
    public async Task A_version_that_is_forgotten_leaves_what_was_kept()
    {
        await using (var first = await Store.WriteAsync(Image, Cancel))
        {
            await first.RestartAsync("\"v1\"", Cancel);
            await first.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
        }

        await using (var second = await Store.WriteAsync(Image, Cancel))
        {
            await second.ForgetVersionAsync(Cancel);
            await ReadToEndAsync(await second.ReadKeptAsync(Cancel));
            await second.WriteAsync(new byte[] { 4 }, Cancel);
        }

        await using var third = await Store.WriteAsync(Image, Cancel);
        Assert.Equal((4, null), (third.Kept, third.KeptVersion));
        Assert.Equal([1, 2, 3, 4], await ReadToEndAsync(await third.ReadKeptAsync(Cancel)));
    }

    [Fact]
    public async Task A_restart_forgets_what_was_kept()
    {
        await using (var dying = await Store.WriteAsync(Image, Cancel))
            await dying.WriteAsync(new byte[] { 9, 9, 9, 9, 9, 9, 9, 9, 9 }, Cancel);

        await using var writer = await Store.WriteAsync(Image, Cancel);
        await writer.RestartAsync("\"v2\"", Cancel);
        await writer.WriteAsync(new byte[] { 1, 2, 3, 4, 5, 6 }, Cancel);
        var staged = await writer.CommitAsync(Facts, Cancel);

        Assert.Equal([1, 2, 3, 4, 5, 6], await ReadAsync(staged));
    }

    [Fact]
    public async Task Discarded_content_leaves_nothing_to_go_on_from()
    {
        await using (var writer = await Store.WriteAsync(Image, Cancel))
        {
            await writer.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
            await writer.DiscardAsync(Cancel);
        }

        await using var next = await Store.WriteAsync(Image, Cancel);

        Assert.Equal(0, next.Kept);
    }

    [Fact]
    public async Task A_copy_that_got_no_byte_leaves_nothing()
    {
        await using (var stopped = await Store.WriteAsync(Image, Cancel))
            await stopped.RestartAsync("\"v1\"", Cancel);

        await using var next = await Store.WriteAsync(Image, Cancel);

        Assert.Equal((0, null), (next.Kept, next.KeptVersion));
    }

    [Fact]
    public async Task Two_writers_of_one_image_do_not_mix_their_bytes()
    {
        await using var first = await Store.WriteAsync(Image, Cancel);

        await Assert.ThrowsAsync<StagingUnavailableException>(() => Store.WriteAsync(Image, Cancel));
    }

    [Fact]
    public async Task A_deleted_copy_is_gone_and_deleting_it_again_is_no_fault()
    {
        StagedImage staged;
        await using (var writer = await Store.WriteAsync(Image, Cancel))
        {
            await writer.WriteAsync(new byte[] { 1, 2, 3, 4, 5, 6 }, Cancel);
            staged = await writer.CommitAsync(Facts, Cancel);
        }

        await Store.DeleteAsync(staged, Cancel);
        await Store.DeleteAsync(staged, Cancel);

        Assert.Null(await Store.FindAsync(Image, Cancel));
    }

    [Fact]
    public async Task Sweeping_removes_unfinished_copies_but_none_that_is_being_written()
    {
        await using (var dead = await Store.WriteAsync(Image, Cancel))
            await dead.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
        await using var live = await Store.WriteAsync(Image with { Distribution = "debian13" }, Cancel);
        await live.WriteAsync(new byte[] { 1, 2, 3, 4, 5, 6 }, Cancel);

        await Store.SweepAsync(TimeSpan.Zero, TimeSpan.FromDays(1), Cancel);

        var staged = await live.CommitAsync(Facts, Cancel);
        Assert.Equal([1, 2, 3, 4, 5, 6], await ReadAsync(staged));
        await using var next = await Store.WriteAsync(Image, Cancel);
        Assert.Equal(0, next.Kept);
    }

    [Fact]
    public async Task Sweeping_removes_staged_images_that_are_older_than_they_may_get()
    {
        await using (var writer = await Store.WriteAsync(Image, Cancel))
        {
            await writer.WriteAsync(new byte[] { 1, 2, 3, 4, 5, 6 }, Cancel);
            await writer.CommitAsync(Facts, Cancel);
        }

        await Store.SweepAsync(TimeSpan.Zero, TimeSpan.FromDays(1), Cancel);
        Assert.NotNull(await Store.FindAsync(Image, Cancel));

        await Store.SweepAsync(TimeSpan.Zero, TimeSpan.Zero, Cancel);
        Assert.Null(await Store.FindAsync(Image, Cancel));
    }

    [Fact]
    public async Task An_unfinished_copy_is_swept_once_a_younger_image_of_its_distribution_is_staged()
    {
        var younger = Image with { Digest = Digest.FromBytes(DigestAlgorithm.Sha512, [.. Enumerable.Repeat((byte)1, 64)]) };
        var other = Image with { Distribution = "debian13" };
        foreach (var left in new[] { Image, other })
        {
            await using var dying = await Store.WriteAsync(left, Cancel);
            await dying.WriteAsync(new byte[] { 1 }, Cancel);
        }

        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel); // the service's times are of whole seconds
        await using (var writer = await Store.WriteAsync(younger, Cancel))
        {
            await writer.WriteAsync(new byte[] { 1, 2, 3, 4, 5, 6 }, Cancel);
            await writer.CommitAsync(Facts, Cancel);
        }

        await Store.SweepAsync(TimeSpan.FromDays(1), TimeSpan.FromDays(7), Cancel);

        await using var overtaken = await Store.WriteAsync(Image, Cancel);
        await using var kept = await Store.WriteAsync(other, Cancel);
        Assert.Equal((0, 1), (overtaken.Kept, kept.Kept));
    }

    [Fact]
    public async Task A_document_is_replaced_as_a_whole_and_a_missing_one_is_null()
    {
        Assert.Null(await Documents.LoadAsync("reports/last.json", longest: 10, Cancel));

        await Documents.SaveAsync("reports/last.json", new byte[] { 1, 2, 3 }, Cancel);
        await Documents.SaveAsync("reports/last.json", new byte[] { 4 }, Cancel);

        Assert.Equal([4], await Documents.LoadAsync("reports/last.json", longest: 10, Cancel));
    }

    [Fact]
    public async Task A_key_is_remembered_from_run_to_run_and_never_swept()
    {
        var fingerprint = new string('A', 40);
        var keyring = TestKeyring.Of(TestKey.Ed25519()).Bytes;

        await new KeyCache(Documents).SaveAsync(fingerprint, keyring, Cancel);
        await Store.SweepAsync(TimeSpan.Zero, TimeSpan.Zero, Cancel);

        Assert.Equal(keyring, (await new KeyCache(Documents).FindAsync(fingerprint, Cancel))!.Value.ToArray());
        Assert.Null(await new KeyCache(Documents).FindAsync(new string('0', 40), Cancel));
    }

    protected static ContentFacts FactsOf(byte[] content) => new(
        content.Length,
        Digest.FromBytes(DigestAlgorithm.Sha256, SHA256.HashData(content)),
        Digest.FromBytes(DigestAlgorithm.Sha512, SHA512.HashData(content)));

    private async Task<byte[]> ReadAsync(StagedImage staged)
    {
        await using var content = await Store.ReadAsync(staged, Cancel);
        Assert.Equal(Facts.Length, content.Length);
        return await ReadToEndAsync(content);
    }

    private static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Cancel);
        return all.ToArray();
    }
}
