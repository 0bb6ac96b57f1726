using System.Diagnostics;
using System.Globalization;
using System.Net;
using Imgsync.Core.Transfer;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Upstream.Parallel;

/// <summary>One image over several connections, where a publisher goes along with it.</summary>
public sealed class ParallelStreamsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Four_streams_are_more_than_twice_as_fast_as_one_where_each_is_limited()
    {
        await using var publisher = new LimitedPublisher();
        var alone = Stopwatch.StartNew();
        await publisher.ReadAsync(Cancelled, UpstreamFixture.Options);
        alone.Stop();

        var together = Stopwatch.StartNew();
        var bytes = await publisher.ReadAsync(Cancelled);
        together.Stop();

        Assert.Equal(LimitedPublisher.Image, bytes);
        Assert.InRange(publisher.Sending.Most, 3, 4);
        Assert.InRange(alone.Elapsed / together.Elapsed, 2, 6);
        Assert.Empty(publisher.Complaints);
    }

    [Fact]
    public async Task A_publisher_that_is_faster_than_what_takes_the_bytes_is_asked_once()
    {
        var image = new byte[32 << 20];
        await using var server = new ScriptedServer().Always("GET", "/image", request => Answer.Ranged(request, image, LimitedPublisher.ETag));
        using var client = UpstreamFixture.Client(LimitedPublisher.Options);
        await using var body = await client.OpenAsync(new Uri(server.Url, "image"), from: 0, ifRange: null, Cancelled);
        var pass = new BytePass(image.Length, _ => { });

        await pass.PumpAsync(body.Content, [new SlowSink()], CancellationToken.None, Cancelled);

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

        var part = publisher.Server.Requests.First(request => request["Range"] is not null);
        Assert.Equal(("bytes=131072-196607", LimitedPublisher.ETag), (part["Range"], part["If-Range"]));
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
        await using var publisher = new LimitedPublisher((_, _, answer) => answer.Without("Accept-Ranges"));
        using var client = publisher.Client();
        await using var body = await client.OpenAsync(new Uri(publisher.Server.Url, "image"), Kept, LimitedPublisher.ETag, Cancelled);
        using var bytes = new MemoryStream();

        await body.Content.CopyToAsync(bytes, Cancelled);

        Assert.Equal(Kept, body.Start);
        Assert.Equal(LimitedPublisher.Image[Kept..], bytes.ToArray());
        Assert.InRange(publisher.Sending.Most, 3, 4);
        Assert.All(publisher.Ranges, range => Assert.InRange(long.Parse(range!["bytes=".Length..].Split('-')[0], CultureInfo.InvariantCulture), Kept, long.MaxValue));
    }

    [Fact]
    public async Task Parts_are_asked_for_where_the_redirects_led()
    {
        await using var publisher = new LimitedPublisher();
        publisher.Server.On("GET", "/latest", Answer.Redirect("/image"));
        using var client = publisher.Client();
        await using var body = await client.OpenAsync(new Uri(publisher.Server.Url, "latest"), from: 0, ifRange: null, Cancelled);
        using var bytes = new MemoryStream();

        await body.Content.CopyToAsync(bytes, Cancelled);

        Assert.Equal(LimitedPublisher.Image, bytes.ToArray());
        Assert.InRange(publisher.Sending.Most, 3, 4);
    }

    [Fact]
    public async Task A_part_that_is_redirected_into_the_private_network_is_not_followed_there()
    {
        var insideAddress = IPAddress.Parse("127.0.0.3");
        await using var inside = new ScriptedServer(address: insideAddress);
        await using var publisher = new LimitedPublisher((request, _, answer) => request["Range"] is null ? answer : Answer.Redirect($"{inside.Url}image"));
        using var client = publisher.Client(isPrivate: insideAddress.Equals);
        await using var body = await publisher.OpenAsync(client, Cancelled);
        using var bytes = new MemoryStream();

        await body.Content.CopyToAsync(bytes, Cancelled);

        Assert.Equal(LimitedPublisher.Image, bytes.ToArray());
        Assert.Empty(inside.Requests);
        Assert.Contains("an address of a private network", Assert.Single(publisher.Complaints), StringComparison.Ordinal);
    }

    private sealed class SlowSink : IByteSink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => new(Task.Delay(20, cancellationToken));
    }
}
