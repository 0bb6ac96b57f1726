using System.Text.Json.Serialization;

namespace Imgsync.Core.Runs;

/// <summary>How all images stand, from every run so far, and the runs themselves: what no single report can tell.</summary>
/// <param name="Images">One of each distribution and cloud, in the order in which runs met them.</param>
/// <param name="Runs">Newest first; the oldest are forgotten.</param>
/// <param name="CleanUpFailures">Why clean-up was left out, as the last run that was complete says it.</param>
public sealed record Standing(
    IReadOnlyList<ImageStanding> Images, IReadOnlyList<PastRun> Runs, IReadOnlyList<string> CleanUpFailures)
{
    private const int MostRuns = 200;

    /// <summary>Why no run could begin, or end with a report, the last time that one was to; null when one has since.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Problem? Unplanned { get; init; }

    public static Standing Unknown { get; } = new([], [], []);

    /// <summary>Every image that is to be kept current, in the order of the settings, whether a run has met it or not; then what runs were
    /// asked for besides, which stays in sight until a complete run has settled what counts.</summary>
    /// <param name="wanted">What is to be kept current; null where the settings do not say.</param>
    public IReadOnlyList<ImageStanding> Of(IReadOnlyList<PlannedDistribution>? wanted)
    {
        var known = Images.ToDictionary(image => (image.Distribution, image.Cloud));
        var asked = wanted?.SelectMany(one => one.Clouds.Select(cloud => (one.Distribution, Cloud: cloud))).ToList() ?? [];
        return
        [
            .. asked.Select(image => known.GetValueOrDefault(image)
                ?? new ImageStanding { Distribution = image.Distribution, Cloud = image.Cloud }),
            .. Images.ExceptBy(asked, image => (image.Distribution, image.Cloud)),
        ];
    }

    /// <summary>What came to light after a run had ended.</summary>
    public Standing Warned(RunId run, IReadOnlyList<string> warnings) =>
        this with { Runs = [.. Runs.Select(past => past.Run == run ? past with { Warnings = warnings } : past)] };

    /// <summary>What is known after one more run. A dry or partial run adds what it found wrong and takes nothing away.</summary>
    public Standing After(SyncReport report)
    {
        var brought = report.Outcomes.Where(outcome => outcome.Cloud is not "").ToList();
        var images = Images.ToDictionary(image => (image.Distribution, image.Cloud));
        foreach (var outcome in brought)
        {
            var known = images.GetValueOrDefault((outcome.Distribution, outcome.Cloud))
                ?? new ImageStanding { Distribution = outcome.Distribution, Cloud = outcome.Cloud };
            images[(outcome.Distribution, outcome.Cloud)] = known.After(outcome, report);
        }

        // A complete run has met everything that is to be kept current; what it has not is that no longer.
        var decides = report is { DryRun: false, Complete: true, Cancelled: false };
        var met = brought.Select(outcome => (outcome.Distribution, outcome.Cloud)).ToHashSet();
        return new Standing(
            [.. images.Values.Where(image => !decides || met.Contains((image.Distribution, image.Cloud)))],
            [PastRun.Of(report), .. Runs.Where(run => run.Run != report.Run).Take(MostRuns - 1)],
            decides || (!report.DryRun && report.Pruning.Failures is not []) ? report.Pruning.Failures : CleanUpFailures)
        {
            Unplanned = report.DryRun ? Unplanned : null,
        };
    }

    /// <summary>What is known after a run of which there is no report.</summary>
    /// <param name="failure">What kind of failure it was, to count by.</param>
    /// <param name="reason">One sentence.</param>
    public Standing After(RunId run, DateTimeOffset at, string failure, string reason) => this with
    {
        Unplanned = new Problem(run, Unplanned?.Since ?? at, at, OutcomeKind.Failed, failure, reason),
    };
}

/// <summary>How one distribution stands in one cloud.</summary>
public sealed record ImageStanding
{
    /// <summary>The words for how an image stands that went well, or was not tried yet.</summary>
    public const string UpToDate = "up-to-date", Warned = "warning", Unknown = "unknown";

    /// <summary>How a provenance in words begins that is a signature.</summary>
    private const string Signed = "signed by ";

    public required string Distribution { get; init; }

    public required string Cloud { get; init; }

    /// <summary>The revision that users find; null before a run has found or made one.</summary>
    public string? Revision { get; init; }

    public string? ImageName { get; init; }

    public string? ImageId { get; init; }

    /// <summary>Glance's <c>disk_format</c> of that image; null where no run has said so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DiskFormat { get; init; }

    /// <summary>The <c>disk_format</c> of the publisher's file where the image was converted from it; null where it was not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ConvertedFrom { get; init; }

    /// <summary>What vouches for its published digest, in words.</summary>
    public string? Provenance { get; init; }

    /// <summary>The fingerprint of the key that vouches for it; null where it is not signed.</summary>
    [JsonIgnore]
    public string? SignedBy => Provenance is not null && Provenance.StartsWith(Signed, StringComparison.Ordinal)
        ? Provenance[Signed.Length..]
        : null;

    /// <summary>When a run last found or made it the newest; null for never. A dry run does not count.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>What is wrong now, whichever run found it; null for nothing.</summary>
    public Problem? Wrong { get; init; }

    /// <summary>What is worth a look though nothing failed; null for nothing.</summary>
    public string? Warning { get; init; }

    /// <summary><c>up-to-date</c>, <c>warning</c> when there is something worth a look, <c>unknown</c> when no run has checked it yet, or
    /// how it went wrong: <c>failed</c>, <c>refused</c>, <c>unfinished</c>.</summary>
    [JsonIgnore]
    public string State => this switch
    {
        { Wrong: { } wrong } => Word.Of(wrong.Kind),
        { CheckedAt: null } => Unknown,
        { Warning: not null } => Warned,
        _ => UpToDate,
    };

    public ImageStanding After(ImageOutcome outcome, SyncReport report) => outcome switch
    {
        { IsCancelled: true } => this,
        { IsGood: false } => this with
        {
            Wrong = new Problem(
                report.Run, Wrong?.Since ?? report.FinishedAt, report.FinishedAt, outcome.Kind, outcome.Failure, outcome.Reason),
        },
        _ when report.DryRun => this,
        _ => InFormOf(outcome) with
        {
            Revision = outcome.Revision ?? Revision,
            ImageName = outcome.ImageName ?? ImageName,
            ImageId = outcome.ImageId ?? ImageId,
            Provenance = outcome.Provenance ?? Provenance,
            CheckedAt = report.FinishedAt,
            Wrong = null,
            Warning = outcome.Warning,
        },
    };

    /// <summary>Reports of older versions do not say the form: what stands as before is what it was.</summary>
    private ImageStanding InFormOf(ImageOutcome outcome) =>
        outcome.DiskFormat is not null || outcome.ImageId != ImageId
            ? this with { DiskFormat = outcome.DiskFormat, ConvertedFrom = outcome.ConvertedFrom }
            : this;
}

/// <summary>What is wrong with an image.</summary>
/// <param name="Run">The last run that found it.</param>
/// <param name="Since">When the first of those runs in a row ended that found something wrong.</param>
/// <param name="At">When the last one ended.</param>
/// <param name="Failure">What kind of failure it was, to count by.</param>
/// <param name="Reason">One sentence.</param>
public sealed record Problem(RunId Run, DateTimeOffset Since, DateTimeOffset At, OutcomeKind Kind, string? Failure, string Reason);

/// <summary>A run in a line.</summary>
/// <param name="Complete">It was asked for everything that the settings name; others are partial.</param>
/// <param name="Outcomes">How many images ended how.</param>
/// <param name="Removed">How many superseded images were deleted.</param>
/// <param name="Bytes">How many bytes of images were moved, each image's counted once.</param>
public sealed record PastRun(
    RunId Run,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt,
    bool DryRun,
    bool Complete,
    bool Cancelled,
    bool IsGood,
    IReadOnlyDictionary<OutcomeKind, int> Outcomes,
    int Removed,
    long Bytes)
{
    /// <summary>What went wrong beside the images, such as a receiver of messages that took none; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>It did what it was asked to: it was not stopped, nothing failed, and it was no dry run.</summary>
    [JsonIgnore]
    public bool Succeeded => this is { IsGood: true, Cancelled: false, DryRun: false };

    public static PastRun Of(SyncReport report) => new(
        report.Run,
        report.StartedAt,
        report.FinishedAt,
        report.DryRun,
        report.Complete,
        report.Cancelled,
        report.IsGood,
        report.Outcomes.CountBy(outcome => outcome.Kind).ToDictionary(),
        report.Outcomes.SelectMany(outcome => outcome.Actions).Concat(report.Pruning.Actions)
            .Count(action => action is { Kind: ActionKind.Delete, Result: ActionResult.Done }),
        report.Outcomes.Sum(outcome => Math.Max(outcome.BytesDownloaded, outcome.BytesUploaded)))
    {
        Warnings = report.Warnings,
    };
}

/// <summary>Read and written in every run, so by generated code.</summary>
[JsonSerializable(typeof(Standing))]
internal sealed partial class StandingJson : JsonSerializerContext;
