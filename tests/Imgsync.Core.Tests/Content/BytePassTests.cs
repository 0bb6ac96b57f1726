using Imgsync.Core.Content;

namespace Imgsync.Core.Tests.Content;

public sealed class BytePassTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData((3 << 20) + 17)]
    public async Task Every_sink_gets_every_byte_in_order(int length)
    {
        var content = Bytes(length);
        var (first, second) = (new CollectingSink(), new CollectingSink());

        var ended = await new BytePass(long.MaxValue, _ => { })
            .PumpAsync(new MemoryStream(content), [first, second], CancellationToken.None, Cancel);

        Assert.True(ended);
        Assert.Equal(content, first.Bytes);
        Assert.Equal(content, second.Bytes);
    }

    [Fact]
    public async Task Content_that_goes_on_after_the_longest_length_is_refused_before_it_reaches_a_sink()
    {
        var sink = new CollectingSink();
        var pass = new BytePass(longest: 2 << 20, _ => { });

        await Assert.ThrowsAsync<ContentTooLongException>(() =>
            pass.PumpAsync(new MemoryStream(Bytes((2 << 20) + 1)), [sink], CancellationToken.None, Cancel));

        Assert.Equal(2 << 20, sink.Bytes.Length);
    }

    [Fact]
    public async Task A_spent_budget_ends_the_pass_between_two_blocks_and_a_later_source_goes_on_there()
    {
        var content = Bytes(5 << 20);
        var sink = new CollectingSink();
        using var budget = new CancellationTokenSource();
        var pass = new BytePass(long.MaxValue, passed =>
        {
            if (passed >= 2 << 20)
                budget.Cancel();
        });

        var ended = await pass.PumpAsync(new MemoryStream(content), [sink], budget.Token, Cancel);
        var passed = (int)pass.Passed;
        var endedThen = await pass.PumpAsync(new MemoryStream(content[passed..]), [sink], CancellationToken.None, Cancel);

        Assert.False(ended);
        Assert.True(endedThen);
        Assert.InRange(passed, (2 << 20) + 1, 3 << 20); // what had been read already goes along
        Assert.Equal(content, sink.Bytes);
    }

    [Fact]
    public async Task A_spent_budget_does_not_wait_for_a_source_that_trickles_and_keeps_what_it_gave()
    {
        var sink = new CollectingSink();
        using var budget = new CancellationTokenSource();
        var trickle = new System.IO.Pipelines.Pipe();
        await trickle.Writer.WriteAsync(Bytes(1000), Cancel);

        var pumping = new BytePass(long.MaxValue, _ => { }).PumpAsync(trickle.Reader.AsStream(), [sink], budget.Token, Cancel);
        await budget.CancelAsync();

        Assert.False(await pumping.WaitAsync(TimeSpan.FromMinutes(1), Cancel));
        Assert.Equal(Bytes(1000), sink.Bytes);
    }

    [Fact]
    public async Task A_sink_that_throws_ends_the_pass_with_its_own_exception()
    {
        var pass = new BytePass(long.MaxValue, _ => { });

        var failure = await Assert.ThrowsAsync<IOException>(() =>
            pass.PumpAsync(new MemoryStream(Bytes(4 << 20)), [new FullSink()], CancellationToken.None, Cancel));

        Assert.Equal("no space left", failure.Message);
    }

    [Fact]
    public async Task A_sink_that_throws_leaves_the_others_with_whole_blocks_and_nothing_else()
    {
        var content = Bytes(4 << 20);
        var pass = new BytePass(long.MaxValue, _ => { });
        var other = new CollectingSink();

        await Assert.ThrowsAsync<IOException>(() =>
            pass.PumpAsync(new MemoryStream(content), [new FullSink(), other], CancellationToken.None, Cancel));

        Assert.NotEmpty(other.Bytes);
        Assert.Equal(content[..other.Bytes.Length], other.Bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(BytePass.BlockBytes)]
    [InlineData((5 * BytePass.BlockBytes) + 17)]
    public async Task A_stop_hands_all_that_was_read_to_the_sink_that_keeps_it(int length)
    {
        var source = new FalteringStream(Bytes(length));
        var keeper = new CollectingSink { Keeps = true };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var pumping = new BytePass(long.MaxValue, _ => { }).PumpAsync(
            source, [new CancellableSink(), keeper], CancellationToken.None, stop.Token);
        await source.Exhausted;
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pumping);
        Assert.Equal(Bytes(length), keeper.Bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(BytePass.BlockBytes - 1)]
    [InlineData((5 * BytePass.BlockBytes) + 17)]
    public async Task A_source_that_breaks_off_leaves_all_it_gave_with_the_sink_that_keeps_it(int length)
    {
        var source = new FalteringStream(Bytes(length)) { BreaksOff = true };
        var (keeper, other) = (new CollectingSink { Keeps = true }, new CollectingSink());

        await Assert.ThrowsAsync<EndOfStreamException>(() =>
            new BytePass(long.MaxValue, _ => { }).PumpAsync(source, [other, keeper], CancellationToken.None, Cancel));

        Assert.Equal(Bytes(length), keeper.Bytes);
        Assert.Equal(length / BytePass.BlockBytes * BytePass.BlockBytes, other.Bytes.Length);
    }

    [Fact]
    public async Task A_sink_that_throws_leaves_all_that_was_read_with_the_one_that_keeps_it()
    {
        var source = new FalteringStream(Bytes(BytePass.BlockBytes + 17));
        var keeper = new CollectingSink { Keeps = true };

        await Assert.ThrowsAsync<IOException>(() =>
            new BytePass(long.MaxValue, _ => { }).PumpAsync(
                source, [new FullSink(until: source.Exhausted), keeper], CancellationToken.None, Cancel));

        Assert.Equal(Bytes(BytePass.BlockBytes + 17), keeper.Bytes);
    }

    [Fact]
    public async Task A_sink_that_keeps_what_came_and_failed_gets_nothing_after_the_gap()
    {
        var source = new FalteringStream(Bytes(BytePass.BlockBytes + 17));
        var keeper = new FullSink(until: source.Exhausted) { Keeps = true };

        await Assert.ThrowsAsync<IOException>(() =>
            new BytePass(long.MaxValue, _ => { }).PumpAsync(source, [keeper], CancellationToken.None, Cancel));

        Assert.Equal(1, keeper.Writes);
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private sealed class CollectingSink : IByteSink
    {
        private readonly List<byte> _collected = [];

        public bool Keeps { get; init; }

        public byte[] Bytes => [.. _collected];

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            _collected.AddRange(bytes.Span);
            return ValueTask.CompletedTask;
        }
    }

    /// <param name="until">Is waited for before the failure.</param>
    private sealed class FullSink(Task? until = null) : IByteSink
    {
        public bool Keeps { get; init; }

        public int Writes { get; private set; }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Writes++;
            await (until ?? Task.CompletedTask);
            throw new IOException("no space left");
        }
    }

    /// <summary>As what goes to Glance: it stops the moment that it is told to.</summary>
    private sealed class CancellableSink : IByteSink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Gives what it has in pieces, and then waits for ever or breaks off.</summary>
    private sealed class FalteringStream(byte[] content) : ForwardStream
    {
        private readonly TaskCompletionSource _exhausted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _given;

        public bool BreaksOff { get; init; }

        /// <summary>All has been given, and more is asked for.</summary>
        public Task Exhausted => _exhausted.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(Math.Min(buffer.Length, 10_000), content.Length - _given);
            if (count == 0)
                _exhausted.TrySetResult();
            if (count == 0 && BreaksOff)
                throw new EndOfStreamException();
            if (count == 0)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            content.AsMemory(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }
    }
}
