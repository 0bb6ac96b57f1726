using Imgsync.Core.Configuration;
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
    public async Task A_timer_with_nothing_to_do_says_so_and_does_not_die_of_it()
    {
        using var empty = new TestApp(new ImgsyncOptions());

        await empty.Timer.RunAsync(new TimerInfo(), empty.Client, TestContext.Current.CancellationToken);

        Assert.Empty(empty.Client.Scheduled);
        Assert.Equal(2, empty.Log.Lines.Count(line => line.StartsWith("Error: The timer has started nothing: No ", StringComparison.Ordinal)));
    }

    private Task FireAsync(TimerInfo timer) => _app.Timer.RunAsync(timer, _app.Client, TestContext.Current.CancellationToken);
}
