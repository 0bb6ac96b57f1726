using System.Diagnostics;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Telemetry;

public sealed class RunTelemetryTests(DevCloud cloud)
{
    private static readonly RunRequest One = new() { Distributions = ["debian12"] };

    /// <summary>Debian 13 is wanted, and upstream has none.</summary>
    private static readonly RunRequest GoodAndBad = new() { Distributions = ["debian12", "debian13"] };

    [Fact]
    public async Task Every_stage_of_an_image_is_a_span_within_the_span_of_the_image()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        using var run = await RecordedRun.OfAsync(scenario, One);

        Assert.Equal("resolve settle transfer publish sync prune", string.Join(' ', run.Spans.Select(span => span.OperationName)));
        var image = run.Spans.Single(span => span.OperationName is "sync");
        Assert.All(run.Spans.Take(4), stage =>
        {
            Assert.Equal(image.SpanId, stage.ParentSpanId);
            Assert.Equal(
                ("debian12", "devcloud", "20240717-1811", "completed"),
                (Tag(stage, "distribution"), Tag(stage, "cloud"), Tag(stage, "revision"), Tag(stage, "outcome")));
        });
        Assert.Equal(
            ("debian12", "devcloud", "20240717-1811", "published"),
            (Tag(image, "distribution"), Tag(image, "cloud"), Tag(image, "revision"), Tag(image, "outcome")));
        Assert.Equal(("devcloud", "completed"), (Tag(run.Spans[^1], "cloud"), Tag(run.Spans[^1], "outcome")));
    }

    [Fact]
    public async Task A_stage_that_fails_is_marked_as_such_with_the_kind_of_its_failure()
    {
        await using var scenario = await Scenario.StartAsync(cloud);

        using var run = await RecordedRun.OfAsync(scenario, One);

        Assert.Equal("resolve sync prune", string.Join(' ', run.Spans.Select(span => span.OperationName)));
        Assert.All(run.Spans.Take(2), span =>
        {
            Assert.Equal((ActivityStatusCode.Error, "failed", "upstream"), (span.Status, Tag(span, "outcome"), Tag(span, "failure")));
            Assert.Contains("404", span.StatusDescription, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_run_counts_its_images_by_outcome_and_its_failures_by_kind()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        using var first = await RecordedRun.OfAsync(scenario, GoodAndBad);
        using var second = await RecordedRun.OfAsync(scenario, One);
        using var dry = await RecordedRun.OfAsync(scenario, One with { Force = true, DryRun = true });

        Assert.Equal((1, 1), (first.Sums("imgsync.images")["published"], first.Sums("imgsync.images")["failed upstream"]));
        Assert.Equal(1, Assert.Single(second.Sums("imgsync.images"), count => count.Key is "up-to-date").Value);
        Assert.Equal(1, Assert.Single(dry.Sums("imgsync.images"), count => count.Key is "would-publish").Value);
        Assert.Equal(1, Assert.Single(first.Sums("imgsync.runs"), count => count.Key is "completed").Value);
        Assert.Empty(dry.Sums("imgsync.runs"));
    }

    [Fact]
    public async Task A_run_that_brings_nothing_home_is_not_counted_as_completed()
    {
        await using var scenario = await Scenario.StartAsync(cloud);

        using var run = await RecordedRun.OfAsync(scenario, One);

        Assert.Equal(1, Assert.Single(run.Sums("imgsync.runs"), count => count.Key is "failed").Value);
    }

    [Fact]
    public async Task Bytes_are_counted_by_direction_and_stages_timed_in_seconds()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        var image = scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        using var first = await RecordedRun.OfAsync(scenario, One);
        using var second = await RecordedRun.OfAsync(scenario, One with { Force = true });

        Assert.Equal((image.Length, image.Length), (first.Sums("imgsync.bytes")["download"], first.Sums("imgsync.bytes")["upload"]));
        Assert.Equal(image.Length, Assert.Single(second.Sums("imgsync.bytes"), sum => sum.Key is "upload").Value);
        Assert.Equal(
            ["prune", "publish", "resolve", "settle", "transfer"], first.Sums("imgsync.stage.duration").Keys.Order(StringComparer.Ordinal));
        Assert.All(first.Sums("imgsync.stage.duration").Values, seconds => Assert.InRange(seconds, double.Epsilon, 60));
        Assert.Equal(
            "By s", string.Join(
                ' ', new[] { "imgsync.bytes", "imgsync.stage.duration" }.Select(
                    name => first.Measured.First(one => one.Instrument == name).Unit)));
    }

    [Fact]
    public async Task The_age_of_the_newest_image_is_told_for_each_distribution_that_has_it_in_place()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");

        using var run = await RecordedRun.OfAsync(scenario, GoodAndBad);

        var age = Assert.Single(run.Measured, one => one.Instrument is "imgsync.newest.age");
        var expected = DateTime.UtcNow - new DateTime(2024, 7, 17, 0, 0, 0, DateTimeKind.Utc);
        Assert.Equal(("debian12", "s"), (age.Tags["distribution"], age.Unit));
        Assert.Equal(expected.TotalSeconds, age.Value, tolerance: 600);
    }

    private static string? Tag(Activity span, string name) => (string?)span.GetTagItem(name);
}
