using System.Text.Json.Serialization;
using Imgsync.Core;
using Imgsync.Core.Runs;

namespace Imgsync.Functions.Workflow;

/// <summary>How far a run is: the orchestration's custom status, small whatever the catalogue's size.</summary>
/// <param name="Total">How many images there are to sync, one per distribution and cloud.</param>
/// <param name="Done">How many of them have an outcome.</param>
/// <param name="Distributions">Where each distribution is, the ones at work and the failed ones first.</param>
/// <param name="Omitted">How many distributions there was no room for.</param>
public sealed record RunStatus(
    RunId Run,
    RunPhase Phase,
    int Total,
    int Done,
    IReadOnlyDictionary<OutcomeKind, int> Outcomes,
    IReadOnlyDictionary<string, DistributionStage> Distributions,
    int Omitted)
{
    /// <summary>The images whose activities were handed to the engine and have not ended, as
    /// far as there is room. Empty for a run in batches.</summary>
    public IReadOnlyList<InFlight> InFlight { get; init; } = [];

    /// <summary>Why the run's report could not be stored; null while nothing is in the way of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Lost { get; init; }
}

/// <summary>One image on its way. Whether a worker has begun with it, the engine does not say.</summary>
public sealed record InFlight(string Distribution, string Cloud);

[JsonConverter(typeof(WordConverter<RunPhase>))]
public enum RunPhase
{
    Planning,
    Syncing,

    /// <summary>Somebody cancelled it: nothing new is started, what is at work ends its round.</summary>
    Cancelling,
    Pruning,
    Reporting,
    Ended,
}

[JsonConverter(typeof(WordConverter<DistributionStage>))]
public enum DistributionStage
{
    Waiting,

    /// <summary>A batch that it is part of is under way.</summary>
    AtWork,

    /// <summary>The first cloud's activity is at work: bytes come from the publisher.</summary>
    FirstCloud,

    /// <summary>The other clouds' activities are at work: bytes come from staging.</summary>
    OtherClouds,
    Done,
    Failed,
}
