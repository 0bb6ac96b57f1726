using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Core;
using Imgsync.Core.Reporting;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Serving;

/// <summary>How <c>imgsync serve</c> is: what its health endpoint answers. It names no fault, because nobody who asks has shown
/// a key.</summary>
/// <param name="isPartial">Its runs are asked for some of the settings only.</param>
internal sealed class ServeHealth(TimeProvider time, bool isPartial = false)
{
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private volatile ServeState _state = new(IsRunning: false, NextRun: null, LastRun: null);
    private volatile Figures? _figures;
    private volatile Schedule? _schedule;
    private volatile bool _isScheduleWrong;
    private volatile string _lastCause = HealthCause.LastRun;

    /// <summary>Good until a run has failed or none has ended well for too long, and again after one that did.</summary>
    public bool IsGood => Cause is null;

    /// <summary>One of <see cref="HealthCause"/>; null for none.</summary>
    private string? Cause =>
        _state.LastRun is { Good: false } ? _lastCause
        : _isScheduleWrong ? HealthCause.ScheduleWrong
        : OfReports();

    public string Json()
    {
        var cause = Cause;
        return JsonSerializer.Serialize(
            _state with { Status = cause is null ? "healthy" : "failing", Cause = cause }, ServeJson.Default.ServeState);
    }

    /// <summary>What the stored reports say, read anew after every run.</summary>
    public void Knows(Figures figures) => _figures = figures;

    /// <param name="isWrong">The settings have another one that cannot be used.</param>
    public void Keeps(Schedule schedule, bool isWrong = false) =>
        (_schedule, _isScheduleWrong) = (schedule, isWrong);

    public void Waits(DateTimeOffset next) => _state = _state with { IsRunning = false, NextRun = next };

    public void Starts() => _state = _state with { IsRunning = true, NextRun = null };

    public void Ended(SyncReport report)
    {
        _lastCause = HealthCause.LastRun;
        Ended(new ServedRun(
            $"{report.Run}", report.FinishedAt, report.IsGood, report.Outcomes.Count, report.Outcomes.Count(outcome => !outcome.IsGood)));
    }

    /// <summary>A run of which there is no report.</summary>
    public void Failed(ImgsyncException failure)
    {
        _lastCause = failure is ConfigurationException ? HealthCause.Settings : HealthCause.LastRun;
        Ended(new ServedRun(Run: null, time.GetUtcNow(), Good: false, Images: null, Failed: null));
    }

    private string? OfReports() => _schedule is not { } schedule ? null : HealthCause.Of(
        (_figures ?? new Figures(default, [], [], 0)) with { At = time.GetUtcNow() }, schedule.FindNext, _since, isPartial);

    private void Ended(ServedRun run) => _state = _state with { IsRunning = false, LastRun = run };
}

internal sealed record ServeState(bool IsRunning, DateTimeOffset? NextRun, ServedRun? LastRun)
{
    public string Status { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cause { get; init; }
}

/// <param name="Run">Null for one that could not even begin.</param>
internal sealed record ServedRun(string? Run, DateTimeOffset FinishedAt, bool Good, int? Images, int? Failed);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServeState))]
internal sealed partial class ServeJson : JsonSerializerContext;
