using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Serving;

/// <summary>How <c>imgsync serve</c> is: what its health endpoint answers. It names no fault, because nobody who asks has shown
/// a key.</summary>
internal sealed class ServeHealth
{
    private volatile ServeState _state = new(IsRunning: false, NextRun: null, LastRun: null);

    /// <summary>Good until a run has failed, and again after one that succeeded.</summary>
    public bool IsGood => _state.LastRun is not { Good: false };

    public string Json() => JsonSerializer.Serialize(_state with { Status = IsGood ? "healthy" : "failing" }, ServeJson.Default.ServeState);

    public void Waits(DateTimeOffset next) => _state = _state with { IsRunning = false, NextRun = next };

    public void Starts() => _state = _state with { IsRunning = true, NextRun = null };

    public void Ended(SyncReport report) => Ended(new ServedRun(
        $"{report.Run}", report.FinishedAt, report.IsGood, report.Outcomes.Count, report.Outcomes.Count(outcome => !outcome.IsGood)));

    /// <summary>A run of which there is no report.</summary>
    public void Failed(DateTimeOffset when) => Ended(new ServedRun(Run: null, when, Good: false, Images: null, Failed: null));

    private void Ended(ServedRun run) => _state = _state with { IsRunning = false, LastRun = run };
}

internal sealed record ServeState(bool IsRunning, DateTimeOffset? NextRun, ServedRun? LastRun)
{
    public string Status { get; init; } = "";
}

/// <param name="Run">Null for one that could not even begin.</param>
internal sealed record ServedRun(string? Run, DateTimeOffset FinishedAt, bool Good, int? Images, int? Failed);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServeState))]
internal sealed partial class ServeJson : JsonSerializerContext;
