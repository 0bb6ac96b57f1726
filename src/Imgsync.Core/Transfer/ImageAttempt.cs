using System.Diagnostics;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Transfer;

/// <summary>One try at an image: what it has found and moved so far, how long each stage took, and how it can end.</summary>
internal sealed class ImageAttempt(SyncWork work, TimeProvider time, IProgress<ImageProgress> progress, Measurements measurements)
{
    private readonly Dictionary<SyncStage, double> _seconds = [];

    private SyncStage _stage;
    private ResolvedImage? _image;
    private string? _way;
    private long _downloaded;
    private long _uploaded;
    private long _found;
    private readonly List<string> _warnings = [];
    private readonly List<RunAction> _actions = [];

    public SyncWork Work => work;

    /// <summary>How long Glance is left alone with an image that it imports by itself; null where it does not.</summary>
    public TimeSpan? LookAgainAfter { get; set; }

    /// <summary>Whether it has to fetch what it was not allowed to.</summary>
    public bool NeedsTurn { get; private set; }

    /// <summary>All of it, as one span.</summary>
    public Task<ImageOutcome> TraceAsync(Func<Task<ImageOutcome>> work) => Spans.TraceAsync(TelemetryNames.Sync, Tags(), async span =>
    {
        var outcome = await work();
        Mark(span)?.SetTag(TelemetryNames.Outcome, TelemetryNames.Of(outcome.Kind));
        return outcome;
    });

    /// <summary>One stage, as a span within.</summary>
    public Task<T> TimeAsync<T>(SyncStage stage, Func<Task<T>> work) => Spans.TraceAsync(TelemetryNames.Of(stage), Tags(), async span =>
    {
        _stage = stage;
        Passed(0, null);
        var started = time.GetTimestamp();
        try
        {
            return await work();
        }
        finally
        {
            var took = time.GetElapsedTime(started);
            _seconds[stage] = _seconds.GetValueOrDefault(stage) + took.TotalSeconds;
            measurements.Took(TelemetryNames.Of(stage), took);
            Mark(span);
        }
    });

    public void Passed(long bytes, long? total) =>
        progress.Report(new ImageProgress(work.Distribution, work.Cloud ?? "", _stage, bytes, total));

    public ResolvedImage Resolved(ResolvedImage image) => _image = image;

    /// <summary>Notes what is worth saying of how the image is brought into the cloud; null for nothing.</summary>
    public void Goes(string? way) => _way = way;

    /// <summary>What is worth a look; the same once, however often it is found.</summary>
    public void Warn(string? warning)
    {
        if (warning is not null && !_warnings.Contains(warning, StringComparer.Ordinal))
            _warnings.Add(warning);
    }

    /// <summary>Mirrors leave large files out that their list has.</summary>
    public void WarnNotThere(ResolvedImage file) => Warn(
        $"{file.Location.InMessages()} is listed and is not there, so the publisher's other file is taken; look at your mirror, or set "
            + $"overrides.{file.Distribution}.rawImageName to none.");

    /// <summary>An action was taken; in a dry run, it would have been.</summary>
    public void Took(PlannedAction action) => _actions.Add(action.Tell(
        work.Cloud!,
        work.Distribution,
        action.Kind is ActionKind.Leave ? ActionResult.Left : work.DryRun ? ActionResult.Planned : ActionResult.Done));

    /// <summary>The cloud did not let us take an action that the image can do without.</summary>
    public void Missed(PlannedAction action, string reason) =>
        _actions.Add(action.Tell(work.Cloud!, work.Distribution, ActionResult.Refused, reason));

    /// <param name="bytes">What is in staging of all attempts at the same work, this one included.</param>
    public void Found(long bytes) => _found = Math.Max(_found, bytes - _downloaded);

    /// <param name="downloaded">Bytes that came from upstream.</param>
    /// <param name="uploaded">Bytes that were sent to Glance.</param>
    public void Moved(long downloaded, long uploaded)
    {
        (_downloaded, _uploaded) = (_downloaded + downloaded, _uploaded + uploaded);
        measurements.Downloaded(downloaded);
        measurements.Uploaded(uploaded);
    }

    public ImageOutcome UpToDate(GlanceImage image) =>
        End(OutcomeKind.UpToDate, $"{image.Name} is {image.Status} in Glance{InWords()}", image);

    /// <summary>The operator wants nothing newer: told is what stands, not what is offered.</summary>
    public ImageOutcome Held(GlanceImage image) =>
        End(OutcomeKind.UpToDate, $"{image.Name} is held{InWords()}; the publisher offers {_image?.Revision}", image) with
        {
            Revision = image.Properties.GetValueOrDefault(ImageMarks.Revision),
            Provenance = null,
        };

    public ImageOutcome Refused(string reason) => End(OutcomeKind.Refused, reason) with { Failure = FailureKind.Refused };

    public ImageOutcome WouldPublish(string name) =>
        End(OutcomeKind.WouldPublish, $"{name} is not there yet{ByTheWay()}") with { ImageName = name };

    public ImageOutcome Published(GlanceImage image, ContentFacts facts) =>
        End(OutcomeKind.Published, $"{image.Name} is active and {image.Visibility}{ByTheWay()}{InWords()}", image) with { Content = facts };

    public ImageOutcome Staged(StagedImage staged, string reason) => End(OutcomeKind.Staged, reason) with { Content = staged.Facts };

    public ImageOutcome Failed(Exception failure) => ImageOutcome.Failed(work, failure) with
    {
        Revision = _image?.Revision,
        Actions = _actions,
        BytesDownloaded = BytesDownloaded,
        BytesUploaded = _uploaded,
        Seconds = _seconds,
    };

    /// <summary>It goes on by itself: see <see cref="LookAgainAfter"/>.</summary>
    public ImageOutcome Importing(ContentFacts facts) =>
        End(OutcomeKind.Unfinished, "Glance is importing it") with { Content = facts };

    /// <summary>Nothing was moved: it is tried again when its turn has come.</summary>
    public ImageOutcome Waiting()
    {
        NeedsTurn = true;
        return End(OutcomeKind.Unfinished, "it waits for its turn to download another file");
    }

    public ImageOutcome Unfinished() => End(OutcomeKind.Unfinished, "the time budget was spent; what has been downloaded is kept");

    /// <summary>An attempt that was killed could not say what it had brought; it is found in staging.</summary>
    private long BytesDownloaded => _downloaded + Math.Max(0, _found - work.Downloaded);

    private string ByTheWay() => _way is null ? "" : $"; {_way}";

    /// <summary>Why it was changed, or left as it is.</summary>
    private string InWords() => string.Concat(_actions.Select(action => action switch
    {
        { Result: ActionResult.Refused } => "",
        { Kind: ActionKind.Change } => $"; {(work.DryRun ? "would be changed" : "changed")} {action.Reason}",
        { Kind: ActionKind.Leave } => $"; {action.Reason}",
        _ => "",
    }));

    private ImageOutcome End(OutcomeKind kind, string reason, GlanceImage? image = null) => new()
    {
        Distribution = work.Distribution,
        Cloud = work.Cloud ?? "",
        Kind = kind,
        Reason = reason,
        ImageId = image?.Id,
        ImageName = image?.Name,
        DiskFormat = image?.DiskFormat,
        ConvertedFrom = image is null ? null : ImageMarks.ConvertedFrom(image),
        Revision = _image?.Revision,
        Provenance = _image?.Provenance.ToString(),
        Warning = _warnings is [] ? null : string.Join(' ', _warnings),
        Actions = _actions,
        BytesDownloaded = BytesDownloaded,
        BytesUploaded = _uploaded,
        Seconds = _seconds,
    };

    private TagList Tags() => new()
    {
        { TelemetryNames.Run, work.Run.ToString() },
        { TelemetryNames.Distribution, work.Distribution },
        { TelemetryNames.Cloud, work.Cloud },
    };

    /// <summary>The revision is known only once upstream was asked.</summary>
    private Activity? Mark(Activity? span) => _image is null ? span : span?.SetTag(TelemetryNames.Revision, _image.Revision);
}
