using System.Diagnostics;
using System.Diagnostics.Metrics;
using Imgsync.Core.Catalog;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Telemetry;

/// <summary>What is counted and timed. Tags have few values each: whoever keeps the sums keeps one per combination.</summary>
public sealed class Measurements : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _images;
    private readonly Counter<long> _warnings;
    private readonly Counter<long> _runs;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _stages;
    private readonly Gauge<double> _newest;
    private readonly Gauge<double> _limit;
    private readonly Gauge<double> _support;
    private readonly TimeProvider _time;
    private readonly DistributionCatalog? _catalog;

    /// <param name="catalog">Says how old an image may be and how long its publisher supports it; null where nobody asks.</param>
    public Measurements(TimeProvider time, DistributionCatalog? catalog = null)
    {
        // The scope tells two of these in one process apart.
        _meter = new Meter(new MeterOptions(TelemetryNames.Source) { Scope = this });
        _images = _meter.CreateCounter<long>(TelemetryNames.Images, "{image}", "Images by how they ended, once per image and run.");
        _warnings = _meter.CreateCounter<long>(
            TelemetryNames.Warnings, "{image}", "Images with something worth a look though they did not fail, once per image and run.");
        _runs = _meter.CreateCounter<long>(TelemetryNames.Runs, "{run}", "Runs by how they ended; a dry run is none.");
        _bytes = _meter.CreateCounter<long>(TelemetryNames.Bytes, "By", "Bytes of images moved from upstream and to Glance.");
        _stages = _meter.CreateHistogram<double>(TelemetryNames.StageDuration, "s", "How long a stage took, failed ones included.");
        _newest = _meter.CreateGauge<double>(
            TelemetryNames.NewestAge, "s", "How old the newest image is that a distribution has in Glance, by the day of its revision.");
        _limit = _meter.CreateGauge<double>(
            TelemetryNames.NewestLimit, "s", "How old that image may be; of a distribution that may have any age there is none.");
        _support = _meter.CreateGauge<double>(
            TelemetryNames.SupportLeft, "s", "How long its publisher still supports the distribution; less than 0 once it does no more.");
        (_time, _catalog) = (time, catalog);
    }

    public void Dispose() => _meter.Dispose();

    public void Took(string stage, TimeSpan duration) => _stages.Record(duration.TotalSeconds, Tag(TelemetryNames.Stage, stage));

    public void Downloaded(long bytes) => Moved(TelemetryNames.Download, bytes);

    public void Uploaded(long bytes) => Moved(TelemetryNames.Upload, bytes);

    /// <summary>To be told once per run, when it is over and its report is stored.</summary>
    public void Ended(SyncReport report)
    {
        foreach (var outcome in report.Outcomes)
            _images.Add(1, Tags(outcome));
        foreach (var warned in report.Outcomes.Where(outcome => outcome.Warning is not null))
            _warnings.Add(1, Tag(TelemetryNames.Distribution, warned.Distribution));

        var inPlace = report.Outcomes.Where(outcome => outcome.Kind is OutcomeKind.Published or OutcomeKind.UpToDate);
        foreach (var newest in inPlace)
            Stands(newest);

        // A run that brought nothing home, or whose report nobody can see, is no success, however orderly it ended.
        if (!report.DryRun)
            _runs.Add(
                1, Tag(
                    TelemetryNames.Result, report.Outcomes.Any(outcome => outcome.IsGood) && !report.IsLost
                        ? TelemetryNames.Completed
                        : TelemetryNames.Failed));
    }

    /// <summary>The run ended without a report.</summary>
    public void Failed() => _runs.Add(1, Tag(TelemetryNames.Result, TelemetryNames.Failed));

    /// <summary>The figures of the page and of <c>imgsync metrics</c>, as they are at the end of a run.</summary>
    private void Stands(ImageOutcome newest)
    {
        var tags = new TagList { Tag(TelemetryNames.Distribution, newest.Distribution), Tag(TelemetryNames.Cloud, newest.Cloud) };
        if (Revision.TryParse(newest.Revision, out var revision) && revision.Date is { } day)
            _newest.Record(AgeOf(day).TotalSeconds, tags);
        if (_catalog is null || !_catalog.TryGet(newest.Distribution, out var distribution))
            return;

        if (distribution.MaxAge is { } limit)
            _limit.Record(limit.TotalSeconds, tags);
        if (distribution.EndOfSupport is { } last)
            _support.Record(-AgeOf(last.AddDays(1)).TotalSeconds, tags);
    }

    private void Moved(string direction, long bytes)
    {
        if (bytes > 0)
            _bytes.Add(bytes, Tag(TelemetryNames.Direction, direction));
    }

    private TimeSpan AgeOf(DateOnly day) => _time.GetUtcNow() - new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);

    private static TagList Tags(ImageOutcome outcome)
    {
        var tags = new TagList { Tag(TelemetryNames.Outcome, TelemetryNames.Of(outcome.Kind)) };
        if (outcome.Failure is { } failure)
            tags.Add(Tag(TelemetryNames.Failure, failure));
        return tags;
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
