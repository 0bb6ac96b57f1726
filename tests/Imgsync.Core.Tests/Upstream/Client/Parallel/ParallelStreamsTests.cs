using System.Net;
using Imgsync.Core.Content;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Core.Tests.Upstream.Client.Parallel;

/// <summary>One image over several connections, where a publisher goes along with it.</summary>
public sealed class ParallelStreamsTests
{
    private const int Streams = 4;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Four_streams_get_four_parts_at_a_time_from_a_publisher_that_limits_each()
    {
        await using var publisher = new LimitedPublisher(company: Streams);

        Assert.Equal(LimitedPublisher.Image, await publisher.ReadAsync(Cancelled));

        Assert.Equal(Streams, publisher.Parts.Most);
        Assert.InRange(publisher.InCompany, 8, 19); // of at most 19; those at the beginning and at the end find less company
        Assert.Empty(publisher.Complaints);
    }

    [Fact]
    public async Task A_publisher_that_is_faster_than_what_takes_the_bytes_is_asked_once()
    {
        var image = new byte[32 << 20];
        var time = new FakeTimeProvider();
        await using var server = new ScriptedServer().Always(
            "GET", "/image", request => Answer.Ranged(request, image, LimitedPublisher.ETag));
        using var client = UpstreamFixture.Client(LimitedPublisher.Options, time);
        await using var body = await client.OpenAsync(new Uri(server.Url, "image"), from: 0, ifRange: null, Cancelled);
        await using var content = new FollowedStream(body.Content);
        var pass = new BytePass(image.Length, _ => { });

        await pass.PumpAsync(content, [new SlowSink(content, image.Length, time)], CancellationToken.None, Cancelled);

        Assert.Equal(image.Length, pass.Passed);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task One_stream_asks_for_no_part()
    {
        await using var publisher = new LimitedPublisher();

        Assert.Equal(LimitedPublisher.Image, await publisher.ReadAsync(Cancelled, UpstreamFixture.Options));

        Assert.Equal([null], publisher.Ranges);
        Assert.Equal(0, publisher.Memory.Most);
    }

    [Fact]
    public async Task A_part_is_asked_for_by_its_range_and_the_version_it_must_be_of()
    {
        await using var publisher = new LimitedPublisher();

        await publisher.ReadAsync(Cancelled);

        var part = publisher.Server.Requests.First(LimitedPublisher.IsForPart);
        var from = LimitedPublisher.From(part);
        Assert.Equal(0, from % LimitedPublisher.PartBytes);
        Assert.Equal(($"bytes={from}-{from + LimitedPublisher.PartBytes - 1}", LimitedPublisher.ETag), (part["Range"], part["If-Range"]));
    }

    [Theory]
    [InlineData("Accept-Ranges", null)]
    [InlineData("Accept-Ranges", "none")]
    [InlineData("ETag", null)]
    [InlineData("ETag", "W/\"v1\"")]
    [InlineData("Content-Length", null)]
    public async Task A_publisher_that_does_not_announce_parts_of_one_version_is_asked_for_none(string header, string? value)
    {
        await using var publisher = new LimitedPublisher((_, _, answer) => (header, value) switch
        {
            ("Content-Length", _) => answer.Claiming(null),
            (_, null) => answer.Without(header),
            _ => answer.Without(header).With(header, value),
        });

        Assert.Equal(LimitedPublisher.Image, await publisher.ReadAsync(Cancelled));

        Assert.Equal([null], publisher.Ranges);
    }

    [Fact]
    public async Task What_is_resumed_is_read_over_several_connections_too()
    {
        const int Kept = 100_000;
        await using var publisher = new LimitedPublisher((_, _, answer) => answer.Without("Accept-Ranges"), company: Streams);
        using var client = publisher.Client();
        await using var body = await publisher.OpenAsync(client, Cancelled, from: Kept, ifRange: LimitedPublisher.ETag);
        using var bytes = new MemoryStream();

        await body.Content.CopyToAsync(bytes, Cancelled);

        Assert.Equal(Kept, body.Start);
        Assert.Equal(LimitedPublisher.Image[Kept..], bytes.ToArray());
        Assert.Equal(Streams, publisher.Parts.Most);
        Assert.All(publisher.Server.Requests, request => Assert.InRange(LimitedPublisher.From(request), Kept, long.MaxValue));
    }

    [Fact]
    public async Task Parts_are_asked_for_where_the_redirects_led()
    {
        await using var publisher = new LimitedPublisher(company: Streams);
        publisher.Server.On("GET", "/latest", Answer.Redirect("/image"));
        using var client = publisher.Client();
        await using var body = await publisher.OpenAsync(client, Cancelled, "latest");
        using var bytes = new MemoryStream();

        await body.Content.CopyToAsync(bytes, Cancelled);

        Assert.Equal(LimitedPublisher.Image, bytes.ToArray());
        Assert.Equal(Streams, publisher.Parts.Most);
    }

    [Fact]
    public async Task A_part_that_is_redirected_into_the_private_network_is_not_followed_there()
    {
        await using var inside = new ScriptedServer(address: IPAddress.Parse("127.0.0.3"));
        await using var publisher = new LimitedPublisher(
            (request, _, answer) => request["Range"] is null ? answer : Answer.Redirect($"{inside.Url}image"));
        using var client = publisher.Client(judgedAs: UpstreamFixture.Standing(("127.0.0.1", "185.125.190.37"), ("127.0.0.3", "10.0.0.3")));
        await using var body = await publisher.OpenAsync(client, Cancelled);
        using var bytes = new MemoryStream();

        await body.Content.CopyToAsync(bytes, Cancelled);

        Assert.Equal(LimitedPublisher.Image, bytes.ToArray());
        Assert.Empty(inside.Requests);
        Assert.Contains("an address of a private network", Assert.Single(publisher.Complaints), StringComparison.Ordinal);
    }

    /// <summary>Takes its time when all is there that is read ahead of it, so that none of
    /// that time is spent waiting for the publisher.</summary>
    private sealed class SlowSink(FollowedStream source, long length, FakeTimeProvider time) : IByteSink
    {
        private long _taken;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            _taken += bytes.Length;
            await Eventually.TrueAsync("the next block is there", () => source.Reached >= Math.Min(_taken + BytePass.BlockBytes, length));
            time.Advance(TimeSpan.FromMilliseconds(20));
        }
    }
}
