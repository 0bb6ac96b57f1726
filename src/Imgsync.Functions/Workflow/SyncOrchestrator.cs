using System.Text.Json.Serialization;
using Imgsync.Core;
using Imgsync.Core.Notify;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Functions.Workflow.Batches;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions.Workflow;

/// <summary>One run: plan, sync every image, prune once, report. It only decides and calls. All runs share <see cref="InstanceId"/>, so
/// that two can never be under way; the run's own id comes with its input and names its report.</summary>
public static partial class SyncOrchestrator
{
    public const string InstanceId = "imgsync";

    [Function(nameof(SyncOrchestrator))]
    public static async Task<RunSummary> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var start = context.GetInput<RunStart>()
            ?? throw new InvalidOperationException("A run is started with its id and its request, and has got none.");
        var logger = context.CreateReplaySafeLogger("Imgsync.Run");
        var startedAt = Now(context);
        LogStarted(logger, start.Run);

        var plan = await PlanAsync(context, start, logger);
        var progress = new RunProgress(plan, context.SetCustomStatus);
        var cancelled = RunCancellation.RequestedAsync(context, start.Run, progress);
        await SyncAllAsync(context, plan, start.Limits, progress, cancelled);
        var pruning = cancelled.IsCompleted ? PruneReport.Nothing : await PruneAsync(context, plan, start.Limits, progress);
        var (ended, lost) = await ReportAsync(
            context, start, progress, new SyncReport(start.Run, startedAt, Now(context), start.Request.DryRun, progress.Outcomes, pruning)
            {
                Cancelled = cancelled.IsCompleted,
                Complete = start.Request.IsComplete,
            }, logger);
        await TellAsync(context, start, ended, lost, logger);
        if (ended.Warning is { } left)
            await WarnAsync(context, start, left, logger);
        progress.Enter(RunPhase.Ended);

        var pruned = pruning.Actions.Count(action => action.Result is not ActionResult.Left);
        var summary = new RunSummary(
            start.Run, start.Request.DryRun, cancelled.IsCompleted, progress.Counts(), pruned, pruning.Failures.Count)
        {
            Lost = lost?.Reason,
        };
        LogEnded(
            logger, start.Run, summary.Cancelled, string.Join(
                ", ", summary.Outcomes.Select(count => $"{count.Value} {Word.Of(count.Key)}")), summary.Pruned);
        return summary;
    }

    /// <summary>A run that cannot be planned fails, frees its lock first, and is told.</summary>
    private static async Task<RunPlan> PlanAsync(TaskOrchestrationContext context, RunStart start, ILogger logger)
    {
        try
        {
            return await context.CallActivityAsync<RunPlan>(nameof(SyncActivities.PlanRun), start, ActivityRetries.Of(start.Limits));
        }
        catch (TaskFailedException failed)
        {
            var cause = failed.FailureDetails.Cause();
            var end = new RunEnd(start.Run, Report: null, Batches: [])
            {
                Failure = start.Request.DryRun ? null : FailureKind.OfType(cause.ErrorType),
                Reason = start.Request.DryRun ? null : Outcomes.Cut(cause.ErrorMessage),
            };
            await TellAsync(context, start, await TryEndAsync(context, start, end), lost: null, logger);
            throw;
        }
    }

    /// <summary>A plan that is too long for one history is worked through in batches.</summary>
    private static Task SyncAllAsync(
        TaskOrchestrationContext context, RunPlan plan, SyncLimits limits, RunProgress progress, Task cancelled) =>
        PlanBatches.Of(plan) is { Count: > 1 } batches
            ? new BatchFanOut(context, limits, progress, cancelled).RunAsync(batches)
            : new ImageFanOut(plan, limits, new ImageActivities(context, progress, cancelled), cancelled).RunAsync();

    /// <summary>After all images. A failure here spoils no image: it stands in the report.</summary>
    private static async Task<PruneReport> PruneAsync(
        TaskOrchestrationContext context, RunPlan plan, SyncLimits limits, RunProgress progress)
    {
        progress.Enter(RunPhase.Pruning);
        try
        {
            return await context.CallActivityAsync<PruneReport>(
                nameof(SyncActivities.PruneSuperseded), PruneWork.Of(plan, progress.Outcomes, progress.Batches),
                ActivityRetries.Of(limits));
        }
        catch (TaskFailedException failed)
        {
            return new PruneReport([], [Outcomes.Cut(failed.FailureDetails.ErrorMessage)]);
        }
    }

    /// <summary>Stores the report and lets the next run start, in one activity. It is tried often: a report must not get lost. Where it
    /// does, what was done is done, and another activity lets the next run start.</summary>
    /// <returns>Why the report could not be stored, too; null where it could.</returns>
    private static async Task<(RunEnded Ended, RunFailure? Lost)> ReportAsync(
        TaskOrchestrationContext context, RunStart start, RunProgress progress, SyncReport report, ILogger logger)
    {
        progress.Enter(RunPhase.Reporting);
        var end = new RunEnd(report.Run, report, progress.Batches);
        try
        {
            return (await context.CallActivityAsync<RunEnded>(
                nameof(SyncActivities.EndRun), end, ActivityRetries.Patient(start.Limits)), null);
        }
        catch (TaskFailedException failed)
        {
            var (kind, reason) = Outcomes.Lost(failed.FailureDetails.Cause());
            LogLost(logger, start.Run, reason);
            progress.Lose(reason);
            var ended = await TryEndAsync(context, start, end with { Failure = kind, Reason = reason });
            return (ended, new RunFailure(start.Run, report.FinishedAt, kind, reason));
        }
    }

    /// <summary>An activity for each receiver, so that one which fails is tried again alone. None of them fails the run.</summary>
    private static Task TellAsync(TaskOrchestrationContext context, RunStart start, RunEnded ended, RunFailure? lost, ILogger logger) =>
        Task.WhenAll(ended.Receivers.Select(async receiver =>
        {
            try
            {
                var telling = new Telling(start.Run, receiver) { Unkept = ended.IsUnkept ? lost : null };
                await context.CallActivityAsync(nameof(SyncActivities.TellReceiver), telling, ActivityRetries.Of(start.Limits));
            }
            catch (TaskFailedException failed)
            {
                await WarnAsync(context, start, Outcomes.Cut(failed.FailureDetails.Cause().ErrorMessage), logger);
            }
        }));

    private static async Task WarnAsync(TaskOrchestrationContext context, RunStart start, string warning, ILogger logger)
    {
        LogWarning(logger, start.Run, warning);
        try
        {
            await context.CallActivityAsync(
                nameof(SyncActivities.WarnInReport), new RunWarning(start.Run, warning), ActivityRetries.Of(start.Limits));
        }
        catch (TaskFailedException)
        {
            // The log has it.
        }
    }

    /// <summary>Best effort: a lock that is not released frees itself within a minute, and must not hide why there is no plan or no
    /// report.</summary>
    private static async Task<RunEnded> TryEndAsync(TaskOrchestrationContext context, RunStart start, RunEnd end)
    {
        try
        {
            return await context.CallActivityAsync<RunEnded>(nameof(SyncActivities.EndRun), end, ActivityRetries.Of(start.Limits));
        }
        catch (TaskFailedException)
        {
            return new RunEnded([]);
        }
    }

    private static DateTimeOffset Now(TaskOrchestrationContext context) =>
        new(DateTime.SpecifyKind(context.CurrentUtcDateTime, DateTimeKind.Utc));

    [LoggerMessage(LogLevel.Information, "Run {Run} has started")]
    private static partial void LogStarted(ILogger logger, RunId run);

    [LoggerMessage(LogLevel.Error, "Run {Run}: {Failure}")]
    private static partial void LogLost(ILogger logger, RunId run, string failure);

    [LoggerMessage(LogLevel.Warning, "Run {Run}: {Warning}")]
    private static partial void LogWarning(ILogger logger, RunId run, string warning);

    [LoggerMessage(LogLevel.Information, "Run {Run} has ended (cancelled: {Cancelled}): {Outcomes}; {Pruned} images no longer wanted")]
    private static partial void LogEnded(ILogger logger, RunId run, bool cancelled, string outcomes, int pruned);
}

/// <summary>What the orchestration returns: counts only. The report is in the staging store, unless it is lost.</summary>
/// <param name="Outcomes">How many images ended in which way.</param>
/// <param name="Pruned">How many images were no longer wanted, whatever became of them.</param>
/// <param name="PruneFailures">In how many clouds clean-up was left out.</param>
public sealed record RunSummary(
    RunId Run, bool DryRun, bool Cancelled, IReadOnlyDictionary<OutcomeKind, int> Outcomes, int Pruned, int PruneFailures)
{
    /// <summary>Why the report could not be stored, in a sentence; null where it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Lost { get; init; }
}
