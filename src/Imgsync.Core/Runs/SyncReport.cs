using System.Text.Json.Serialization;

namespace Imgsync.Core.Runs;

/// <summary>What one run did: the answer to "how do things stand?".</summary>
/// <param name="Run">The run's id.</param>
public sealed record SyncReport(
    RunId Run, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, bool DryRun, IReadOnlyList<ImageOutcome> Outcomes, PruneReport Pruning)
{
    /// <summary>Somebody stopped the run: what it had not done is left to the next one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Cancelled { get; init; }

    /// <summary>The run was asked for everything that the settings name, and not for some of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Complete { get; init; }

    /// <summary>What went wrong beside the images, such as a receiver of messages that took none; null for nothing. They do not make
    /// the run a failed one, but for a report that cannot be stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>The report could not be stored, so that only who asked for the run sees it. <see cref="Warnings"/> has why.</summary>
    [JsonIgnore]
    public bool IsLost { get; init; }

    /// <summary>True when every distribution ended well in every cloud, nothing kept the clean-up from being done, and the report is
    /// stored.</summary>
    [JsonIgnore]
    public bool IsGood => Outcomes.All(outcome => outcome.IsGood) && Pruning.Failures is [] && !IsLost;
}

/// <summary>Reports are read and written by code that is generated when Imgsync is built: reflection takes time in every run, and native
/// code has none.</summary>
[JsonSerializable(typeof(SyncReport))]
[JsonSerializable(typeof(IReadOnlyList<ImageOutcome>), TypeInfoPropertyName = "Outcomes")]
internal sealed partial class SyncJson : JsonSerializerContext;
