using Imgsync.Core.Pruning;
using Imgsync.Core.Sync;
using Imgsync.Functions.Workflow;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions;

/// <summary>
/// One run: plan, sync every image, prune once, store the report. It only decides and calls. All runs share
/// <see cref="InstanceId"/>, so that two can never be under way; the run's own id comes with its input and names its report.
/// A plan that is too long for one history is worked through in batches.
/// </summary>
public static partial class SyncOrchestrator
{
    public const string InstanceId = "imgsync";

    [Function(nameof(SyncOrchestrator))]
    public static async Task<RunSummary> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var logger = context.CreateReplaySafeLogger("Imgsync.Run");
        var start = context.GetInput<RunStart>() ?? throw new InvalidOperationException("A run is started with its id and its request, and has got none.");
        LogStarted(logger, start.Run);
        try
        {
            var summary = await SyncAsync(context, start);
            LogEnded(logger, start.Run, summary.Cancelled, string.Join(", ", summary.Outcomes.Select(count => $"{count.Value} {count.Key}")), summary.Pruned);
            return summary;
        }
        finally
        {
            await EndAsync(context, start);
        }
    }

    private static async Task<RunSummary> SyncAsync(TaskOrchestrationContext context, RunStart start)
    {
        var startedAt = Now(context);
        var cancelled = RunCancellation.RequestedAsync(context, start.Run);
        var plan = await context.CallActivityAsync<WorkflowPlan>(nameof(SyncActivities.PlanRun), start, Retries.Fixed);
        var progress = new RunProgress(plan.Run);
        var batches = Batches.Of(plan.Run);

        await (batches.Count > 1
            ? new BatchFanOut(context, plan, progress, cancelled).RunAsync(batches)
            : new ImageFanOut(context, plan, progress, cancelled).RunAsync());
        var pruning = cancelled.IsCompleted ? PruneReport.Nothing : await PruneAsync(context, plan, progress);

        progress.Phase = RunPhase.Reporting;
        context.SetCustomStatus(progress.Status());
        var report = new SyncReport(start.Run, startedAt, Now(context), start.Request.DryRun, progress.Outcomes, pruning);
        await context.CallActivityAsync(nameof(SyncActivities.StoreReport), new ReportWork(report, progress.Batches), Retries.Fixed);

        progress.Phase = RunPhase.Ended;
        context.SetCustomStatus(progress.Status());
        return new RunSummary(start.Run, start.Request.DryRun, cancelled.IsCompleted, progress.Counts(), pruning.Pruned.Count, pruning.Failures.Count);
    }

    private static DateTimeOffset Now(TaskOrchestrationContext context) => new(DateTime.SpecifyKind(context.CurrentUtcDateTime, DateTimeKind.Utc));

    /// <summary>After all images. A failure here spoils no image: it is told in the report.</summary>
    private static async Task<PruneReport> PruneAsync(TaskOrchestrationContext context, WorkflowPlan plan, RunProgress progress)
    {
        progress.Phase = RunPhase.Pruning;
        context.SetCustomStatus(progress.Status());
        try
        {
            return await context.CallActivityAsync<PruneReport>(
                nameof(SyncActivities.PruneSuperseded), PruneWork.Of(plan.Run, progress.Outcomes, progress.Batches), Retries.Of(plan.Limits));
        }
        catch (TaskFailedException failed)
        {
            return new PruneReport([], [Outcomes.Cut(failed.FailureDetails.ErrorMessage)]);
        }
    }

    /// <summary>Best effort: a lock that is not released frees itself, and must not hide what really failed.</summary>
    private static async Task EndAsync(TaskOrchestrationContext context, RunStart start)
    {
        try
        {
            await context.CallActivityAsync(nameof(SyncActivities.EndRun), start, Retries.Fixed);
        }
        catch (TaskFailedException)
        {
        }
    }

    [LoggerMessage(LogLevel.Information, "Run {Run} has started")]
    private static partial void LogStarted(ILogger logger, string run);

    [LoggerMessage(LogLevel.Information, "Run {Run} has ended (cancelled: {Cancelled}): {Outcomes}; {Pruned} images no longer wanted")]
    private static partial void LogEnded(ILogger logger, string run, bool cancelled, string outcomes, int pruned);
}
