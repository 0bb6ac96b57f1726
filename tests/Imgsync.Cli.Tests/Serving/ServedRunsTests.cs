using Imgsync.Cli.Serving;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Reporting;
using Imgsync.Core.Runs;
using Microsoft.Extensions.Time.Testing;

namespace Imgsync.Cli.Tests.Serving;

/// <summary>When runs start and how they follow each other, on a clock that the test moves.</summary>
public sealed class ServedRunsTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly Terminal _terminal = new();
    private readonly List<DateTimeOffset> _started = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ServeHealth _health;
    private ServeOptions _options = new() { Schedule = "0 * * * *", Jitter = TimeSpan.Zero };
    private TaskCompletionSource? _held;

    public ServedRunsTests() => _health = new ServeHealth(_time);

    public void Dispose()
    {
        _terminal.Dispose();
        _stop.Dispose();
    }

    [Theory]
    [InlineData("15 3 * * *", "2026-03-29T03:15:00Z")] // the night in which clocks in Europe change
    [InlineData("30 2 * * *", "2026-03-29T02:30:00Z")]
    [InlineData("0 */6 * * *", "2026-03-28T18:00:00Z")]
    [InlineData("30 0 12 * * *", "2026-03-28T12:00:30Z")]
    [InlineData("@weekly", "2026-03-29T00:00:00Z")]
    [InlineData(" 0 0 * * MON-FRI ", "2026-03-30T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2028-02-29T00:00:00Z")]
    public void A_schedule_is_a_cron_expression_in_UTC(string text, string expected) => Assert.Equal(
        DateTimeOffset.Parse(expected, null), Schedule.Of(new ServeOptions { Schedule = text }, Start).FindNext(Start));

    [Theory]
    [InlineData("")]
    [InlineData("0 0 0 */6 * * *")]
    [InlineData("61 * * * *")]
    [InlineData("* * * *")]
    [InlineData("0 0 31 4 *")]
    public void What_is_no_schedule_is_refused(string text) => Assert.Contains(
        "serve.schedule is '", Assert.Throws<ConfigurationException>(() => Schedule.Of(new ServeOptions { Schedule = text }, Start)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Chance_adds_no_more_than_the_jitter_and_seldom_the_same()
    {
        var schedule = Schedule.Of(new ServeOptions { Jitter = TimeSpan.FromMinutes(5) }, Start);
        var random = new Random(17);

        var added = Enumerable.Range(0, 1000).Select(_ => schedule.Chance(random)).ToList();

        Assert.All(added, each => Assert.InRange(each, TimeSpan.Zero, TimeSpan.FromMinutes(5)));
        Assert.True(added.Max() - added.Min() > TimeSpan.FromMinutes(4));
    }

    [Fact]
    public async Task A_run_that_takes_longer_than_the_pause_is_never_overlapped_and_nothing_is_made_up_for()
    {
        _held = new TaskCompletionSource();
        var keeping = KeepAsync();

        await PassAsync(TimeSpan.FromHours(1));
        await PassAsync(TimeSpan.FromHours(3.5));
        Assert.Equal([Start.AddHours(1)], _started);
        _held.SetResult();
        await PassAsync(TimeSpan.FromHours(1));
        await _stop.CancelAsync();
        await keeping;

        Assert.Equal([Start.AddHours(1), Start.AddHours(5)], _started);
    }

    [Fact]
    public async Task A_schedule_that_is_changed_counts_after_the_next_run_and_one_that_is_broken_leaves_the_one_before()
    {
        var keeping = KeepAsync();

        _options = _options with { Schedule = "0 0 * * *" };
        await PassAsync(TimeSpan.FromHours(2));
        Assert.Equal([Start.AddHours(1)], _started);
        _options = _options with { Schedule = "broken" };
        await PassAsync(TimeSpan.FromHours(36));
        await _stop.CancelAsync();
        await keeping;

        Assert.Equal([Start.AddHours(1), Start.AddHours(12), Start.AddHours(36)], _started);
        Assert.Contains("\"cause\":\"schedule-wrong\"", _health.Json(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_unwell_after_a_failed_run_twice_the_schedule_without_one_and_with_an_image_over_its_age()
    {
        var told = new List<string?> { Cause() };
        _health.Keeps(Schedule.Of(_options, Start)); // every hour
        _time.Advance(TimeSpan.FromHours(2.1));
        told.Add(Cause());
        _health.Ended(Report(OutcomeKind.UpToDate));
        _health.Knows(Figures(builtDaysAgo: 31));
        told.Add(Cause());
        _health.Knows(Figures(builtDaysAgo: 29));
        told.Add(Cause());
        _health.Ended(Report(OutcomeKind.Failed));
        told.Add(Cause());
        _health.Failed(new ConfigurationException(["No cloud is configured."]));
        told.Add(Cause());

        Assert.Equal([null, "no-good-run", "image-too-old", null, "last-run", "settings"], told);

        string? Cause() => (string?)System.Text.Json.Nodes.JsonNode.Parse(_health.Json())!["cause"];

        SyncReport Report(OutcomeKind kind) => new(
            RunId.New(_time.GetUtcNow()), _time.GetUtcNow(), _time.GetUtcNow(), DryRun: false,
            [new ImageOutcome { Distribution = "debian12", Cloud = "lyon", Kind = kind, Reason = "" }], PruneReport.Nothing)
        {
            Complete = true,
        };

        Figures Figures(int builtDaysAgo) => new(
            _time.GetUtcNow(),
            [
                new ImageFigures(
                    new ImageStanding { Distribution = "debian12", Cloud = "lyon" },
                    DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).AddDays(-builtDaysAgo), TimeSpan.FromDays(30), null),
            ],
            [PastRun.Of(Report(OutcomeKind.UpToDate))],
            0);
    }

    private Task KeepAsync()
    {
        var runs = new ServedRuns(() => _options, RunAsync, _health, _terminal, _time);
        return runs.KeepAsync(_options, _stop.Token);
    }

    private async Task<SyncReport> RunAsync(CancellationToken cancellationToken)
    {
        _started.Add(_time.GetUtcNow());
        if (_held is not null)
            await _held.Task;
        return new SyncReport(RunId.New(_time.GetUtcNow()), _time.GetUtcNow(), _time.GetUtcNow(), DryRun: false, [], PruneReport.Nothing);
    }

    /// <summary>Step by step, as a clock goes; what it wakes gets its turn.</summary>
    private async Task PassAsync(TimeSpan span)
    {
        for (var end = _time.GetUtcNow() + span; _time.GetUtcNow() < end;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromMinutes(10));
        }

        await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
    }
}
