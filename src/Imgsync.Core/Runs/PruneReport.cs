using System.Text.Json.Serialization;

namespace Imgsync.Core.Runs;

/// <summary>What a run cleaned up.</summary>
/// <param name="Failures">Why clean-up was left out in a cloud, one sentence each.</param>
public sealed record PruneReport(IReadOnlyList<PruneOutcome> Pruned, IReadOnlyList<string> Failures)
{
    public static PruneReport Nothing { get; } = new([], []);
}

/// <summary>What became of one image that is not wanted any more: one line of the report.</summary>
public sealed record PruneOutcome
{
    public required string Distribution { get; init; }

    public required string Cloud { get; init; }

    public required string ImageId { get; init; }

    public required string ImageName { get; init; }

    public required PruneAction Action { get; init; }

    public required PruneResult Result { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Reason { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<PruneResult>))]
public enum PruneResult
{
    Done,

    /// <summary>A dry run: it would have been done.</summary>
    Planned,

    /// <summary>Glance refused to delete it, so it was hidden; the next run tries again.</summary>
    HiddenInstead,

    /// <summary>More was to be deleted than one run may; the next run goes on.</summary>
    Postponed,

    /// <summary>Glance refused.</summary>
    Refused,
}

/// <summary>What becomes of a superseded image, from the gentlest to the last.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PruneAction>))]
public enum PruneAction
{
    Rename,
    Hide,
    Deactivate,
    Delete,
}
