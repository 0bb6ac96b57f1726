using System.Diagnostics;
using Imgsync.Core.Content;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Imgsync.Core.Telemetry;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Sync;

/// <summary>What is known about one image's way so far, and how it can end.</summary>
internal sealed class ImageAttempt(SyncWork work, TimeProvider time, IProgress<ImageProgress> progress, Measurements measurements)
{
    private readonly Dictionary<SyncStage, double> _seconds = [];

    private SyncStage _stage;
    private ResolvedImage? _image;

    public SyncWork Work => work;

    public TransferCount Moved { get; } = new();

    /// <summary>All of it, as one span.</summary>
    public Task<ImageOutcome> TraceAsync(Func<Task<ImageOutcome>> travel) => Spans.TraceAsync(TelemetryNames.Sync, Tags(), async span =>
    {
        var outcome = await travel();
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

    public ImageOutcome UpToDate(GlanceImage standing, MetadataChanges changes) => End(OutcomeKind.UpToDate, $"{standing.Name} is {standing.Status} in Glance{Tell(changes)}") with
    {
        ImageId = standing.Id,
        ImageName = standing.Name,
    };

    public ImageOutcome WouldPublish(string name) => End(OutcomeKind.WouldPublish, $"{name} is not there yet") with { ImageName = name };

    public ImageOutcome Published(GlanceImage published, ContentFacts facts, MetadataChanges changes) => End(OutcomeKind.Published, $"{published.Name} is active and {published.Visibility}{Tell(changes)}") with
    {
        ImageId = published.Id,
        ImageName = published.Name,
        Content = facts,
    };

    public ImageOutcome Staged(StagedImage staged, string reason) => End(OutcomeKind.Staged, reason) with { Content = staged.Facts };

    public ImageOutcome Failed(Exception failure) => ImageOutcome.Failed(work, failure) with
    {
        Revision = _image?.Revision,
        BytesDownloaded = BytesDownloaded,
        BytesUploaded = Moved.Uploaded,
        Seconds = _seconds,
    };

    public ImageOutcome Unfinished() => End(OutcomeKind.Unfinished, "the time budget was spent; what has been downloaded is kept");

    /// <summary>An attempt that was killed could not say what it had brought; it is found in staging.</summary>
    private long BytesDownloaded => Moved.Downloaded + Math.Max(0, Moved.KeptByThisWork - work.Downloaded);

    private string Tell(MetadataChanges changes) => changes.IsNothing ? "" : $"; {(work.DryRun ? "would be changed" : "changed")} as the settings say: {changes}";

    private ImageOutcome End(OutcomeKind kind, string reason) => new()
    {
        Distribution = work.Distribution,
        Cloud = work.Cloud ?? "",
        Kind = kind,
        Reason = reason,
        Revision = _image?.Revision,
        Provenance = _image?.Provenance.ToString(),
        BytesDownloaded = BytesDownloaded,
        BytesUploaded = Moved.Uploaded,
        Seconds = _seconds,
    };

    private TagList Tags() => new()
    {
        { TelemetryNames.Run, work.Run },
        { TelemetryNames.Distribution, work.Distribution },
        { TelemetryNames.Cloud, work.Cloud },
    };

    /// <summary>The revision is known only once upstream was asked.</summary>
    private Activity? Mark(Activity? span) => _image is null ? span : span?.SetTag(TelemetryNames.Revision, _image.Revision);
}
