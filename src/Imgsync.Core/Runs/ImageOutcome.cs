using System.Collections.ObjectModel;
using System.Text.Json.Serialization;
using Imgsync.Core.Content;

namespace Imgsync.Core.Runs;

/// <summary>How one distribution ended in one cloud: one line of the report.</summary>
public sealed record ImageOutcome
{
    private const string CancelledAndKept = "The run was cancelled; what has been downloaded is kept, and the next run goes on from there.";

    private static readonly ReadOnlyDictionary<SyncStage, double> None = ReadOnlyDictionary<SyncStage, double>.Empty;

    public required string Distribution { get; init; }

    /// <summary>The cloud's name, empty when none was asked for (download only).</summary>
    public required string Cloud { get; init; }

    /// <summary>Where the image was brought, in messages.</summary>
    [JsonIgnore]
    public string Target => Cloud is "" ? "staging" : Cloud;

    public required OutcomeKind Kind { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What kind of failure it was, to count by; null when it was none.</summary>
    public string? Failure { get; init; }

    public string? Revision { get; init; }

    public string? ImageId { get; init; }

    public string? ImageName { get; init; }

    /// <summary>Glance's word for the image's format, such as <c>qcow2</c> or <c>raw</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DiskFormat { get; init; }

    /// <summary>The format that it was converted from; null where it was not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ConvertedFrom { get; init; }

    /// <summary>What was done to images, in this order, or would be in a dry run.</summary>
    public IReadOnlyList<RunAction> Actions { get; init => field = value ?? []; } = []; // SyncJson sets null where a document lacks it

    /// <summary>What is worth a look though nothing failed, in one sentence or more; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Warning { get; init; }

    /// <summary>Bytes read from upstream, in all attempts of the run together, failed ones included.</summary>
    public long BytesDownloaded { get; init; }

    /// <summary>Bytes sent to Glance, in all attempts of the run together, failed ones included.</summary>
    public long BytesUploaded { get; init; }

    /// <summary>The digests of the whole content, once all of it was read.</summary>
    public ContentFacts? Content { get; init; }

    /// <summary>What vouches for the published digest, in words.</summary>
    public string? Provenance { get; init; }

    /// <summary>Wall-clock seconds per stage.</summary>
    public IReadOnlyDictionary<SyncStage, double> Seconds { get; init => field = value ?? None; } = None; // as with Actions

    /// <summary>True once all bytes were read: from then on there is a staged copy for other clouds.</summary>
    [JsonIgnore]
    public bool HasBytes => Content is not null;

    /// <summary>The run was cancelled before it was done.</summary>
    [JsonIgnore]
    public bool IsCancelled => Failure is FailureKind.Cancelled;

    [JsonIgnore]
    public bool IsGood => Kind is not (OutcomeKind.Failed or OutcomeKind.Unfinished or OutcomeKind.Refused);

    /// <summary>Adds what earlier attempts of the same run have moved, how long they took, and of what they warned.</summary>
    public ImageOutcome After(ImageOutcome? earlier) => earlier is null ? this : this with
    {
        Actions = [.. earlier.Actions, .. Actions],
        BytesDownloaded = earlier.BytesDownloaded + BytesDownloaded,
        BytesUploaded = earlier.BytesUploaded + BytesUploaded,
        Warning = Warning ?? earlier.Warning,
        Seconds = earlier.Seconds.Concat(Seconds).GroupBy(stage => stage.Key).ToDictionary(
            stage => stage.Key, stage => stage.Sum(one => one.Value)),
    };

    /// <summary>It was cut off by its time budget, and the run was cancelled before it could go on.</summary>
    public ImageOutcome AsCancelled() =>
        this with { Kind = OutcomeKind.Failed, Failure = FailureKind.Cancelled, Reason = CancelledAndKept };

    /// <summary>It was cut off by its time budget as often as that may be.</summary>
    public ImageOutcome AsNotDone(int rounds) => this with
    {
        Kind = OutcomeKind.Failed,
        Failure = FailureKind.TimeSpent,
        Reason = $"It was not done after {rounds} rounds of the activity budget; what has been downloaded is kept for the next run.",
    };

    /// <summary>The run was cancelled, so nothing was done.</summary>
    public static ImageOutcome NeverStarted(SyncWork work) => new()
    {
        Distribution = work.Distribution,
        Cloud = work.Cloud ?? "",
        Kind = OutcomeKind.Failed,
        Failure = FailureKind.Cancelled,
        Reason = work.Downloaded == 0
            ? "The run was cancelled before it came to this image."
            : CancelledAndKept,
    };

    /// <summary>A failure in one sentence. What nobody foresaw is named as such; its stack is for the log.</summary>
    public static ImageOutcome Failed(SyncWork work, Exception failure) => new()
    {
        Distribution = work.Distribution,
        Cloud = work.Cloud ?? "",
        Kind = OutcomeKind.Failed,
        Failure = FailureKind.Of(failure),
        Reason = failure switch
        {
            ImgsyncException => failure.Message,
            OperationCanceledException => CancelledAndKept,
            _ =>
                $"Something unforeseen went wrong ({failure.GetType().Name}: {failure.Message.OnOneLine()}); run "
                    + "again with -v and report it.",
        },
    };
}

[JsonConverter(typeof(WordConverter<OutcomeKind>))]
public enum OutcomeKind
{
    /// <summary>Uploaded, verified by Glance's own digest and visible.</summary>
    Published,

    /// <summary>Glance had it already.</summary>
    UpToDate,

    /// <summary>A dry run: it would have been published.</summary>
    WouldPublish,

    /// <summary>Download only: verified and staged.</summary>
    Staged,

    /// <summary>The time budget was spent; the next call goes on from the checkpoint.</summary>
    Unfinished,

    Failed,

    /// <summary>What upstream offers is not followed: it contradicts what was published before.</summary>
    Refused,
}
