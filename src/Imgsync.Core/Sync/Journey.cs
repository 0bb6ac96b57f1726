using Imgsync.Core.Glance;
using Imgsync.Core.Integrity;
using Imgsync.Core.Staging;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Sync;

/// <summary>What is known about one image's way so far, and how it can end.</summary>
internal sealed class Journey(SyncWork work, TimeProvider time, IProgress<ImageProgress> progress)
{
    private readonly Dictionary<SyncStage, double> _seconds = [];

    private SyncStage _stage;
    private ResolvedImage? _image;
    private long _downloaded;

    public SyncWork Work => work;

    public async Task<T> TimeAsync<T>(SyncStage stage, Func<Task<T>> work)
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
            _seconds[stage] = time.GetElapsedTime(started).TotalSeconds;
        }
    }

    public void Passed(long bytes, long? total) =>
        progress.Report(new ImageProgress(work.Distribution, work.Cloud ?? "", _stage, bytes, total));

    public void Resolved(ResolvedImage image) => _image = image;

    public void Downloaded(FetchedImage? fetched) => _downloaded = fetched?.Downloaded ?? 0;

    public ImageOutcome UpToDate(GlanceImage standing) => End(OutcomeKind.UpToDate, $"{standing.Name} is {standing.Status} in Glance") with
    {
        ImageId = standing.Id,
        ImageName = standing.Name,
    };

    public ImageOutcome WouldPublish(string name) => End(OutcomeKind.WouldPublish, $"{name} is not there yet") with { ImageName = name };

    public ImageOutcome Published(GlanceImage published, ContentFacts facts) => End(OutcomeKind.Published, $"{published.Name} is active and {published.Visibility}") with
    {
        ImageId = published.Id,
        ImageName = published.Name,
        Content = facts,
        BytesUploaded = facts.Length,
    };

    public ImageOutcome Staged(StagedImage staged, string reason) => End(OutcomeKind.Staged, reason) with { Content = staged.Facts };

    public ImageOutcome Unfinished() => End(OutcomeKind.Unfinished, "the time budget was spent; what has been downloaded is kept");

    private ImageOutcome End(OutcomeKind kind, string reason) => new()
    {
        Distribution = work.Distribution,
        Cloud = work.Cloud ?? "",
        Kind = kind,
        Reason = reason,
        Revision = _image?.Revision,
        Provenance = _image?.Provenance.ToString(),
        BytesDownloaded = _downloaded,
        Seconds = _seconds,
    };
}
