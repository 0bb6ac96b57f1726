using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Tests.Content;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Glance.Api;

/// <summary>By themselves: what one of them measures is the whole process's memory.</summary>
[Collection(nameof(Alone))]
public sealed class GlanceUploadTests(DevCloud cloud) : IClassFixture<DevCloud>
{
    private const int MiB = 1 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_stream_goes_through_in_little_memory(bool lengthIsKnown)
    {
        const long Length = 64 * MiB;
        using var connection = Connect.To(cloud.Cloud());
        var image = await MakeAsync(connection);
        var most = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var content = new GeneratedStream(Length)
        {
            OnRead = given =>
            {
                if (given % (8 * MiB) == 0)
                    most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
                return Task.CompletedTask;
            },
        };

        await connection.Glance.UploadAsync(image.Id, content, lengthIsKnown ? Length : null, Cancellation);

        var shown = await connection.Glance.ShowAsync(image.Id, Cancellation);
        Assert.Equal(("active", Length), (shown!.Status, shown.Size));
        Assert.InRange(most, 0, 32 * MiB);
        await connection.Glance.DeleteAsync(image.Id, Cancellation);
    }

    [Theory]
    [InlineData(10L * MiB)]
    [InlineData(null)]
    public async Task A_source_that_breaks_cuts_the_request_and_the_image_waits_for_another_try(long? length)
    {
        using var connection = Connect.To(cloud.Cloud());
        var image = await MakeAsync(connection);
        using var broken = new GeneratedStream(10 * MiB, breakAt: 3 * MiB);

        var failure = await Assert.ThrowsAsync<InvalidDataException>(
            () => connection.Glance.UploadAsync(image.Id, broken, length, Cancellation));

        Assert.Equal("the source broke", failure.Message);
        await UntilAsync(connection, image.Id, "queued");
        await connection.Glance.UploadAsync(image.Id, new GeneratedStream(MiB), MiB, Cancellation);
        Assert.Equal("active", (await connection.Glance.ShowAsync(image.Id, Cancellation))!.Status);
        await connection.Glance.DeleteAsync(image.Id, Cancellation);
    }

    [Fact]
    public async Task A_source_shorter_than_its_length_never_makes_an_active_image()
    {
        using var connection = Connect.To(cloud.Cloud());
        var image = await MakeAsync(connection);
        using var tooShort = new GeneratedStream(MiB);

        await Assert.ThrowsAsync<CloudUnavailableException>(() => connection.Glance.UploadAsync(image.Id, tooShort, 2 * MiB, Cancellation));

        await UntilAsync(connection, image.Id, "queued");
        await connection.Glance.DeleteAsync(image.Id, Cancellation);
    }

    [Fact]
    public async Task A_cancelled_upload_leaves_the_image_queued()
    {
        using var connection = Connect.To(cloud.Cloud());
        var image = await MakeAsync(connection);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var content = new GeneratedStream(64 * MiB) { OnRead = given => given >= 2 * MiB ? stop.CancelAsync() : Task.CompletedTask };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => connection.Glance.UploadAsync(image.Id, content, 64 * MiB, stop.Token));

        await UntilAsync(connection, image.Id, "queued");
        await connection.Glance.DeleteAsync(image.Id, Cancellation);
    }

    [Fact]
    public async Task A_second_upload_is_refused_and_changes_nothing()
    {
        using var connection = Connect.To(cloud.Cloud());
        var image = await MakeAsync(connection);
        await connection.Glance.UploadAsync(image.Id, new GeneratedStream(MiB), MiB, Cancellation);

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(
            () => connection.Glance.UploadAsync(image.Id, new GeneratedStream(2 * MiB), 2 * MiB, Cancellation));

        Assert.Contains("409", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(image.Id, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(MiB, (await connection.Glance.ShowAsync(image.Id, Cancellation))!.Size);
        await connection.Glance.DeleteAsync(image.Id, Cancellation);
    }

    [Fact]
    public async Task An_image_that_is_not_there_takes_no_content()
    {
        using var connection = Connect.To(cloud.Cloud());

        var refusal = await Assert.ThrowsAsync<CloudRefusedException>(
            () => connection.Glance.UploadAsync(Guid.NewGuid().ToString(), new GeneratedStream(MiB), MiB, Cancellation));

        Assert.Contains("404", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<GlanceImage> MakeAsync(CloudConnection connection) =>
        connection.Glance.CreateAsync(Connect.NewImage(DevCloud.UniquePrefix() + "upload"), Cancellation);

    // Glance notices a cut a moment after us.
    private static Task UntilAsync(CloudConnection connection, string id, string status) => Eventually.TrueAsync(
        $"image {id} is {status}",
        async () => string.Equals((await connection.Glance.ShowAsync(id, Cancellation))!.Status, status, StringComparison.Ordinal));
}
