using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Cloud.Tests.Telemetry;

/// <summary>A whole run with somebody who listens, as an exporter does; what other tests do meanwhile is not heard.</summary>
internal sealed class RecordedRun : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ConcurrentQueue<Measured> _measured = [];
    private readonly ActivityListener _tracing;
    private readonly MeterListener _metering = new();

    private RecordedRun(Measurements measurements)
    {
        _tracing = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Imgsync",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_tracing);

        _metering.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Imgsync" && ReferenceEquals(instrument.Meter.Scope, measurements))
                listener.EnableMeasurementEvents(instrument);
        };
        _metering.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _metering.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _metering.Start();
    }

    /// <summary>In the order in which they ended.</summary>
    public IReadOnlyList<Activity> Spans { get; private set; } = [];

    public IReadOnlyList<Measured> Measured => [.. _measured];

    public static async Task<RecordedRun> OfAsync(Scenario scenario, RunRequest request)
    {
        await using var services = scenario.Services();
        var recorded = new RecordedRun(services.GetRequiredService<Measurements>());
        var report = await services.GetRequiredService<SyncRun>().RunAsync(
            request, new Progress<ImageProgress>(), TestContext.Current.CancellationToken);
        recorded.Spans = [.. recorded._spans.Where(span => Equals(span.GetTagItem("run"), report.Run.ToString()))];
        return recorded;
    }

    /// <summary>The sum of what one instrument measured, by the values of its tags: <c>failed configuration</c>.</summary>
    public IReadOnlyDictionary<string, double> Sums(string instrument) => Measured
        .Where(measured => measured.Instrument == instrument)
        .GroupBy(measured => string.Join(' ', measured.Tags.Values), StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(measured => measured.Value), StringComparer.Ordinal);

    public void Dispose()
    {
        _tracing.Dispose();
        _metering.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue(new Measured(
        instrument.Name, instrument.Unit, value, tags.ToArray().ToDictionary(
            tag => tag.Key, tag => (string?)tag.Value, StringComparer.Ordinal)));
}

internal sealed record Measured(string Instrument, string? Unit, double Value, IReadOnlyDictionary<string, string?> Tags);
