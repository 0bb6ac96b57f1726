using Imgsync.Core.Tests.Content;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Upstream.Client.Parallel;

/// <summary>What reading over several connections holds on to, and that it lets go of all of it.</summary>
[Collection(nameof(Alone))]
public sealed class ParallelEndTests
{
    private const int Streams = 3;

    /// <summary>What takes a second where nothing else is to be done.</summary>
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_is_two_parts_for_each_stream_however_long_nobody_reads()
    {
        await using var publisher = new LimitedPublisher(company: Streams);
        using var client = publisher.Client(LimitedPublisher.Options with { ParallelStreams = Streams });
        await using (var body = await publisher.OpenAsync(client, Cancelled))
        {
            await body.Content.ReadExactlyAsync(new byte[6 * LimitedPublisher.PartBytes], Cancelled);
            await publisher.Memory.ReachesAsync(2 * Streams).WaitAsync(Generous, Cancelled);
            await publisher.Sending.ReachesAsync(0).WaitAsync(Generous, Cancelled);

            Assert.Equal(2 * Streams, publisher.Memory.Most);
            await body.Content.CopyToAsync(Stream.Null, Cancelled);
        }

        Assert.Equal((2 * Streams, 0), (publisher.Memory.Most, publisher.Memory.Now));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_stops_reading_ends_every_connection_and_leaves_nothing_behind(bool byCancelling)
    {
        Collect();
        List<Exception> unobserved = [];
        EventHandler<UnobservedTaskExceptionEventArgs> observe = (_, task) => unobserved.Add(task.Exception);
        TaskScheduler.UnobservedTaskException += observe;
        await using var publisher = new LimitedPublisher(
            (request, _, answer) => LimitedPublisher.From(request) < 8 * LimitedPublisher.PartBytes ? answer : Trickling(answer));

        await StopInTheMiddleAsync(publisher, byCancelling);
        await publisher.Sending.ReachesAsync(0).WaitAsync(Generous, Cancelled);
        Collect();
        TaskScheduler.UnobservedTaskException -= observe;

        Assert.Equal(0, publisher.Memory.Now);
        Assert.Empty(unobserved);
        Assert.InRange(publisher.Server.Requests.Count, 3, 13); // the trunk, six parts, and as many as are held; of 20 for all of it
    }

    private static async Task StopInTheMiddleAsync(LimitedPublisher publisher, bool byCancelling)
    {
        using var cancelled = new CancellationTokenSource();
        using var client = publisher.Client(LimitedPublisher.Options with { ParallelStreams = Streams });
        await using var body = await publisher.OpenAsync(client, Cancelled);
        await body.Content.ReadExactlyAsync(new byte[6 * LimitedPublisher.PartBytes], Cancelled);
        if (!byCancelling)
            return;

        var reading = body.Content.ReadExactlyAsync(new byte[4 * LimitedPublisher.PartBytes], cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await publisher.Sending.ReachesAsync(0).WaitAsync(Generous, Cancelled);
    }

    /// <summary>Takes minutes for a part, so that reading stops before it whoever is faster.</summary>
    private static Answer Trickling(Answer answer) => answer.Through(body => body.SelectMany(bytes => bytes.Chunk(1)));

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
