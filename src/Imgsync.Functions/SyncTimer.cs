using Imgsync.Core;
using Imgsync.Core.Runs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions;

/// <summary>Starts a run of everything on the operator's schedule, a flat app setting that the platform can read, too.</summary>
public sealed partial class SyncTimer(RunStarter starter, ILogger<SyncTimer> logger)
{
    [Function(nameof(SyncTimer))]
    public async Task RunAsync(
        [TimerTrigger("%IMGSYNC_SCHEDULE%", RunOnStartup = false)] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        if (timer.IsPastDue)
            LogPastDue(timer.ScheduleStatus?.Last);

        var started = await starter.StartAsync(client, new RunRequest(), cancellationToken);
        if (started.IsNew)
            LogStarted(started.Run);
        else
            LogUnderWay(started.Run);
    }

    [LoggerMessage(LogLevel.Warning, "The timer is late: the schedule was missed while the app was down (last fired {Last:O})")]
    private partial void LogPastDue(DateTime? last);

    [LoggerMessage(LogLevel.Information, "The timer has started run {Run}")]
    private partial void LogStarted(RunId run);

    [LoggerMessage(LogLevel.Warning, "The timer has started nothing: run {Run} is still under way")]
    private partial void LogUnderWay(RunId run);
}
