using System.Diagnostics.Metrics;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Telemetry;
using Imgsync.Testing.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Imgsync.Functions.Tests;

public sealed class SyncTimerTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task The_timer_starts_a_run_of_everything()
    {
        await FireAsync(new TimerInfo());

        Assert.Empty(_app.Started.Request.Distributions);
        Assert.Contains(_app.Log.Lines, line => line.Contains(_app.Started.Run.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_a_run_is_under_way_the_timer_starts_nothing_and_says_so()
    {
        _app.Client.Has(OrchestrationRuntimeStatus.Running, TestApp.StartOf(TestApp.OlderRun));

        await FireAsync(new TimerInfo());

        Assert.Empty(_app.Client.Scheduled);
        Assert.Contains(
            _app.Log.Lines, line =>
                line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains(TestApp.OlderRun, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_late_timer_is_logged_and_runs_all_the_same()
    {
        await FireAsync(
            new TimerInfo
            {
                IsPastDue = true,
                ScheduleStatus = new ScheduleStatus { Last = new DateTime(2024, 7, 17, 6, 0, 0, DateTimeKind.Utc) }
            });

        Assert.Single(_app.Client.Scheduled);
        Assert.Contains(_app.Log.Lines, line => line.Contains("last fired 2024-07-17T06:00:00.0000000Z", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_timer_that_never_fired_before_is_late_without_a_time()
    {
        await FireAsync(new TimerInfo { IsPastDue = true });
        await FireAsync(new TimerInfo { IsPastDue = true, ScheduleStatus = new ScheduleStatus() });

        Assert.Equal(2, _app.Log.Lines.Count(line =>
            line.Contains("missed while the app was down", StringComparison.Ordinal) && !line.Contains("last fired", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_keeps_the_timer_from_starting_a_run_is_told_to_a_receiver_once_and_stands_in_the_standing()
    {
        await using var receiver = new ScriptedServer().Always("POST", "/hook", Imgsync.Testing.Http.Answer.Of(204));
        using var app = new TestApp(new ImgsyncOptions
        {
            Notify = [new NotifyOptions { Form = MessageForm.Slack, Url = new Secret($"{receiver.Url}hook") }],
        });
        app.Setup = app.Setup with { Faults = ["publish.keep is 'many': it must be a whole number."] };

        await app.Timer.RunAsync(new TimerInfo(), app.Client, TestContext.Current.CancellationToken);
        app.Time.Advance(TimeSpan.FromHours(6));
        await app.Timer.RunAsync(new TimerInfo(), app.Client, TestContext.Current.CancellationToken);

        Assert.Contains("failed: the run: publish.keep is 'many'", Assert.Single(receiver.Requests).Text.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        var standing = await app.Reports.StandingAsync(TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromHours(6), standing.Unplanned!.At - standing.Unplanned.Since);
    }

    /// <summary>The alert is about failed runs, and a tick that starts none leaves no report to count.</summary>
    [Fact]
    public async Task A_timer_with_nothing_to_do_says_so_counts_a_failed_run_and_does_not_die_of_it()
    {
        using var empty = new TestApp(new ImgsyncOptions());
        using var counted = new CountedRuns(empty.Measurements);

        await empty.Timer.RunAsync(new TimerInfo(), empty.Client, TestContext.Current.CancellationToken);

        Assert.Empty(empty.Client.Scheduled);
        Assert.Equal(2, empty.Log.Lines.Count(line => line.StartsWith("Error: The timer has started nothing: No ", StringComparison.Ordinal)));
        Assert.Equal(["failed"], counted.Results);
    }

    [Fact]
    public async Task A_timer_that_starts_a_run_or_finds_one_counts_none()
    {
        using var counted = new CountedRuns(_app.Measurements);

        await FireAsync(new TimerInfo());
        _app.Client.Has(OrchestrationRuntimeStatus.Running, TestApp.StartOf(TestApp.OlderRun));
        await FireAsync(new TimerInfo());

        Assert.Empty(counted.Results);
    }

    private Task FireAsync(TimerInfo timer) => _app.Timer.RunAsync(timer, _app.Client, TestContext.Current.CancellationToken);

    /// <summary>How the runs ended that one app has counted.</summary>
    private sealed class CountedRuns : IDisposable
    {
        private readonly MeterListener _listener = new();

        public CountedRuns(Measurements measurements)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == measurements && instrument.Name == TelemetryNames.Runs)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            {
                foreach (var (name, value) in tags)
                {
                    if (name == TelemetryNames.Result)
                        Results.AddRange(Enumerable.Repeat((string)value!, (int)count));
                }
            });
            _listener.Start();
        }

        public List<string> Results { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
