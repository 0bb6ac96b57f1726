using System.Text.Json.Serialization;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Functions.Workflow;

namespace Imgsync.Functions.Http;

/// <summary>One run as our routes show it: its progress while it is under way, its report once it has ended.</summary>
/// <param name="Error">Why there is no report, when the run failed before it could write one.</param>
internal sealed record RunAnswer(
    RunId Run, RunState State, DateTimeOffset StartedAt, RunStatus? Progress = null, SyncReport? Report = null, string? Error = null)
{
    /// <summary>The images of <see cref="RunStatus.InFlight"/> that no worker has begun with: they wait in the engine's queue.</summary>
    public IReadOnlyList<InFlight> Queued { get; init; } = [];

    public static RunAnswer Of(CurrentRun current, IReadOnlyList<InFlight> queued) => new(
        current.Run,
        current switch { { IsUnderWay: true } => RunState.UnderWay, { Failure: not null } => RunState.Failed, _ => RunState.Ended },
        current.StartedAt,
        current.Status,
        Error: current.Failure)
    {
        Queued = queued,
    };
}

/// <summary>What is under way now, what failed before it could write a report, and the last report there is.</summary>
/// <param name="Setup">What is wrong with the app's settings, such as its schedule; null where nothing is.</param>
internal sealed record StatusAnswer(RunAnswer? UnderWay, RunAnswer? Failed, SyncReport? Last, IReadOnlyList<string>? Setup);

[JsonConverter(typeof(WordConverter<RunState>))]
internal enum RunState
{
    UnderWay,
    Ended,
    Failed,
}
