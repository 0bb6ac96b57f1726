using Imgsync.Core;
using Imgsync.Core.Notify;
using Imgsync.Core.Runs;
using Imgsync.Core.Telemetry;
using Imgsync.Functions.Setup;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions;

/// <summary>Starts a run of everything on the operator's schedule, a flat app setting that the platform can read, too.</summary>
/// <remarks>What keeps a run from starting is said in a sentence each time, and counts as a failed run.</remarks>
public sealed partial class SyncTimer(
    RunStarter starter, FailedRuns failed, AppSetup setup, Measurements measurements, ILogger<SyncTimer> logger)
{
    [Function(nameof(SyncTimer))]
    public async Task RunAsync(
        [TimerTrigger("%IMGSYNC_SCHEDULE%", RunOnStartup = false)] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        // The platform keeps no time of the first tick's forerunner: then the last one is the year 1.
        if (timer is { IsPastDue: true, ScheduleStatus.Last: { Year: > 1 } last })
            LogPastDue(last);
        else if (timer.IsPastDue)
            LogFirstPastDue();

        try
        {
            setup.ThrowIfUnusable();
            var started = await starter.StartAsync(client, new RunRequest(), cancellationToken);
            if (started.IsNew)
                LogStarted(started.Run);
            else
                LogUnderWay(started.Run);
        }
        catch (ImgsyncException failure)
        {
            foreach (var fault in failure is ConfigurationException unusable ? unusable.Faults : [failure.Message])
                LogNotStarted(fault);
            measurements.Failed();
            foreach (var untold in await failed.TellAsync(failure, cancellationToken))
                LogNotTold(untold);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The timer is late: the schedule was missed while the app was down (last fired {Last:O})")]
    private partial void LogPastDue(DateTime last);

    [LoggerMessage(LogLevel.Warning, "The timer is late: the schedule was missed while the app was down")]
    private partial void LogFirstPastDue();

    [LoggerMessage(LogLevel.Error, "The timer has started nothing: {Fault}")]
    private partial void LogNotStarted(string fault);

    [LoggerMessage(LogLevel.Warning, "That the timer has started nothing is not told everybody: {Why}")]
    private partial void LogNotTold(string why);

    [LoggerMessage(LogLevel.Information, "The timer has started run {Run}")]
    private partial void LogStarted(RunId run);

    [LoggerMessage(LogLevel.Warning, "The timer has started nothing: run {Run} is still under way")]
    private partial void LogUnderWay(RunId run);
}
