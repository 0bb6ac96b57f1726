using System.Text.Json.Serialization;
using Imgsync.Core;
using Imgsync.Core.Notify;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Functions.Setup;
using Imgsync.Functions.Workflow.Batches;
using Microsoft.Azure.Functions.Worker;

namespace Imgsync.Functions.Workflow;

/// <summary>The activities: each calls one step of Core. Any of them may run twice.</summary>
/// <remarks>The settings may have become unusable while a run was under way.</remarks>
public sealed class SyncActivities(RunSteps steps, QueuedImages queue, AppSetup setup)
{
    [Function(nameof(PlanRun))]
    public Task<RunPlan> PlanRun([ActivityTrigger] RunStart start, CancellationToken cancellationToken) =>
        Usable().PlanAsync(start.Run, start.Request, cancellationToken);

    [Function(nameof(SyncDistribution))]
    public async Task<SyncResult> SyncDistribution([ActivityTrigger] SyncWork work, CancellationToken cancellationToken)
    {
        setup.ThrowIfUnusable();
        await queue.BeginAsync(work, cancellationToken);
        return await steps.SyncAsync(work, cancellationToken);
    }

    [Function(nameof(StoreOutcomes))]
    public Task StoreOutcomes([ActivityTrigger] BatchOutcomes batch, CancellationToken cancellationToken) =>
        Usable().StoreAsync(batch.Run, batch.Number, batch.Outcomes, cancellationToken);

    [Function(nameof(PruneSuperseded))]
    public Task<PruneReport> PruneSuperseded([ActivityTrigger] PruneWork work, CancellationToken cancellationToken) =>
        Usable().PruneAsync(work.Run, work.Outcomes, work.Batches, work.DryRun, cancellationToken);

    [Function(nameof(EndRun))]
    public Task<RunEnded> EndRun([ActivityTrigger] RunEnd end, CancellationToken cancellationToken) =>
        end switch
        {
            { Report: { } report, Failure: { } failure, Reason: { } reason } => Usable().EndLostAsync(
                report, end.Batches, new RunFailure(end.Run, report.FinishedAt, failure, reason), cancellationToken),
            { Failure: { } failure, Reason: { } reason } => Usable().EndAsync(end.Run, failure, reason, cancellationToken),
            _ => Usable().EndAsync(end.Run, end.Report, end.Batches, cancellationToken),
        };

    [Function(nameof(TellReceiver))]
    public Task TellReceiver([ActivityTrigger] Telling telling, CancellationToken cancellationToken) =>
        telling.Unkept is { } unkept
            ? Usable().TellAsync(unkept, telling.Receiver, cancellationToken)
            : Usable().TellAsync(telling.Run, telling.Receiver, cancellationToken);

    [Function(nameof(WarnInReport))]
    public Task WarnInReport([ActivityTrigger] RunWarning warning, CancellationToken cancellationToken) =>
        Usable().WarnAsync(warning.Run, warning.Text, cancellationToken);

    private RunSteps Usable()
    {
        setup.ThrowIfUnusable();
        return steps;
    }
}

/// <summary>What the last activity of a run is told: how every image ended, cut down to what pruning decides by.</summary>
/// <param name="DryRun">Says what would be done and changes nothing.</param>
/// <param name="Batches">Whose outcomes are in the staging store.</param>
public sealed record PruneWork(RunId Run, bool DryRun, IReadOnlyList<ImageOutcome> Outcomes, IReadOnlyList<int> Batches)
{
    private static readonly Dictionary<SyncStage, double> NoSeconds = [];

    public static PruneWork Of(RunPlan plan, IEnumerable<ImageOutcome> outcomes, IReadOnlyList<int> batches) => new(
        plan.Run,
        plan.Request.DryRun,
        [.. outcomes.Select(
            outcome =>
                outcome with { Reason = "", Failure = null, ImageName = null, Provenance = null, Content = null, Seconds = NoSeconds })],
        batches);
}

/// <summary>What the last activity of a run is told.</summary>
/// <param name="Report">The run's report as the orchestrator knows it; null when the run could not even be planned.</param>
/// <param name="Batches">Whose outcomes are in the staging store and not in the report yet.</param>
public sealed record RunEnd(RunId Run, SyncReport? Report, IReadOnlyList<int> Batches)
{
    /// <summary>What kind of failure it was that there is no report, to count by; beside a report, that it could not be stored. Null
    /// where there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Failure { get; init; }

    /// <summary>The same in a sentence.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>One receiver is to be told of a run. The message itself is in the staging store.</summary>
/// <param name="Receiver">Its place in the settings.</param>
public sealed record Telling(RunId Run, int Receiver)
{
    /// <summary>What the message says, where the staging store did not take it; null where it did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunFailure? Unkept { get; init; }
}

/// <summary>What came to light after a run's report was stored.</summary>
public sealed record RunWarning(RunId Run, string Text);
