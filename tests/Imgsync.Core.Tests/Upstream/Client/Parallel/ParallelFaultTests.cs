using Imgsync.Core.Upstream;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Upstream.Client.Parallel;

/// <summary>What a publisher may do to the parts it is asked for. The trunk is request 0, the first part
/// request 1; with request 2 the parts have taken over.</summary>
public sealed class ParallelFaultTests
{
    private const string NewETag = "\"v2\"";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(416)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_server_that_serves_no_parts_is_asked_for_one_and_read_over_one_connection(int status)
    {
        await using var publisher = new LimitedPublisher((request, _, answer) => request["Range"] is null ? answer : Whole(status));

        Assert.Equal(LimitedPublisher.Image, await publisher.ReadAsync(Cancelled, LimitedPublisher.Options with { Retries = 3 }));

        Assert.Equal(2, publisher.Server.Requests.Count);
        Assert.Contains($"answered {status}", Assert.Single(publisher.Complaints), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_keeps_parts_waiting_is_overtaken_and_read_over_one_connection()
    {
        await using var publisher = new LimitedPublisher((request, _, answer) => request["Range"] is null ? answer : Answer.Silence);

        Assert.Equal(LimitedPublisher.Image, await publisher.ReadAsync(Cancelled));

        Assert.Contains("came too late", Assert.Single(publisher.Complaints), StringComparison.Ordinal);
        Assert.Equal(1 + 3, publisher.Server.Requests.Count);
    }

    [Theory]
    [InlineData(AnswerFault.Close, 1000)]
    [InlineData(AnswerFault.Reset, 1000)]
    [InlineData(AnswerFault.Stall, 1000)]
    [InlineData(AnswerFault.Reset, -1)]
    public async Task A_part_that_breaks_off_is_fetched_once_more(AnswerFault fault, long after)
    {
        await using var publisher = new LimitedPublisher((_, number, answer) => number == 3 ? Broken(answer, fault, after) : answer);

        Assert.Equal(
            LimitedPublisher.Image, await publisher.ReadAsync(
                Cancelled, LimitedPublisher.Options with { IdleTimeout = TimeSpan.FromSeconds(3) }));

        Assert.Empty(publisher.Complaints);
        Assert.Single(publisher.Ranges.GroupBy(range => range), asked => asked.Count() == 2);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(416)]
    public async Task A_server_that_serves_no_more_parts_is_read_on_over_one_connection(int status)
    {
        await using var publisher = new LimitedPublisher(
            (request, number, answer) => number > 3 && LimitedPublisher.IsForPart(request) ? Answer.Of(status) : answer);

        Assert.Equal(LimitedPublisher.Image, await publisher.ReadAsync(Cancelled));

        Assert.Contains($"answered {status}", Assert.Single(publisher.Complaints), StringComparison.Ordinal);
        Assert.Single(publisher.Ranges, range => range?.EndsWith('-') is true);
    }

    [Theory]
    [InlineData("another range", "another range")]
    [InlineData("a shorter range", "another range")]
    [InlineData("another total", "another version")]
    [InlineData("an unknown total", "another version")]
    [InlineData("no version", "another version")]
    [InlineData("another version", "another version")]
    [InlineData("a wrong length", "announced 65537 bytes")]
    [InlineData("bytes beyond its end", "went on after its end")]
    [InlineData("encoded bytes", "answered with Content-Encoding: gzip")]
    [InlineData("too few bytes", "ended after 1000 of 65536 bytes")]
    public async Task A_part_that_is_not_what_was_asked_for_is_not_taken(string wrong, string complaint)
    {
        await using var publisher = new LimitedPublisher(
            (request, number, answer) => number > 3 && LimitedPublisher.IsForPart(request) ? Wrong(answer, wrong) : answer);

        Assert.Equal(LimitedPublisher.Image, await publisher.ReadAsync(Cancelled));

        Assert.Contains(complaint, Assert.Single(publisher.Complaints), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_version_that_changes_in_the_middle_ends_the_reading_and_nothing_is_mixed(bool honoursIfRange)
    {
        await using var publisher = new LimitedPublisher(
            (request, number, answer) => number > 3 ? Renewed(request, honoursIfRange) : answer);
        using var client = publisher.Client();
        await using var body = await publisher.OpenAsync(client, Cancelled);
        using var bytes = new MemoryStream();

        var failure = await Assert.ThrowsAsync<UpstreamUnavailableException>(() => body.Content.CopyToAsync(bytes, Cancelled));

        Assert.Contains("another version", failure.Message, StringComparison.Ordinal);
        Assert.InRange(bytes.Length, 2 * LimitedPublisher.PartBytes, LimitedPublisher.Length - 1);
        Assert.Equal(LimitedPublisher.Image[..(int)bytes.Length], bytes.ToArray());
    }

    [Fact]
    public async Task A_version_that_changes_before_the_first_part_leaves_the_old_one_whole()
    {
        await using var publisher = new LimitedPublisher(
            (request, number, answer) => number > 0 ? Renewed(request, honoursIfRange: true) : answer);

        Assert.Equal(LimitedPublisher.Image, await publisher.ReadAsync(Cancelled));

        Assert.Single(publisher.Complaints);
    }

    private static Answer Whole(int status) =>
        status == 200 ? Answer.Ok(LimitedPublisher.Image).With("ETag", LimitedPublisher.ETag) : Answer.Of(status);

    private static Answer Broken(Answer answer, AnswerFault fault, long after) => fault switch
    {
        AnswerFault.Close => answer.ClosedAfter(after),
        AnswerFault.Stall => answer.StalledAfter(after),
        _ => answer.ResetAfter(after),
    };

    private static Answer Renewed(ScriptedRequest request, bool honoursIfRange)
    {
        var asked = honoursIfRange
            ? request
            : request with
            {
                Headers = request.Headers.Where(
                header => header.Key is not "If-Range").ToDictionary(StringComparer.OrdinalIgnoreCase)
            };
        return Answer.Ranged(asked, LimitedPublisher.NewImage, NewETag);
    }

    private static Answer Wrong(Answer answer, string wrong)
    {
        var (from, to, total) = RangeOf(answer);
        return wrong switch
        {
            "another range" => WithRange(answer, $"{from - 1}-{to - 1}/{total}"),
            "a shorter range" => WithRange(answer, $"{from}-{to - 1}/{total}"),
            "another total" => WithRange(answer, $"{from}-{to}/{total + 1}"),
            "an unknown total" => WithRange(answer, $"{from}-{to}/*"),
            "no version" => answer.Without("ETag"),
            "another version" => answer.Without("ETag").With("ETag", NewETag),
            "a wrong length" => answer.Claiming(to - from + 2),
            "bytes beyond its end" => answer.Claiming(null).Through(body => body.Append([1])),
            "encoded bytes" => answer.With("Content-Encoding", "gzip"),
            _ => answer.ClosedAfter(1000),
        };
    }

    private static Answer WithRange(Answer answer, string range) => answer.Without("Content-Range").With("Content-Range", $"bytes {range}");

    private static (long From, long To, long Total) RangeOf(Answer answer)
    {
        var range = System.Net.Http.Headers.ContentRangeHeaderValue.Parse(
            answer.Headers.Single(header => header.Key is "Content-Range").Value);
        return (range.From!.Value, range.To!.Value, range.Length!.Value);
    }
}
