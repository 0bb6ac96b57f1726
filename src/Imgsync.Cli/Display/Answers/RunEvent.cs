using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display.Answers;

/// <summary>A line of <c>imgsync sync --json-lines</c> and <c>imgsync serve --json-lines</c>.</summary>
/// <param name="Event"><c>progress</c>, <c>ended</c> for an image, <c>report</c> at the end of the run; of <c>serve</c> also <c>waiting</c>
/// for the next run, and <c>failure</c> of a run of which there is no report.</param>
/// <param name="At">When it was told.</param>
internal sealed record RunEvent(string Event, DateTimeOffset At)
{
    public const string Progress = "progress";
    public const string Ended = "ended";
    public const string Finished = "report";
    public const string Waiting = "waiting";
    public const string Failure = "failure";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Distribution { get; init; }

    /// <summary>Empty where none was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cloud { get; init; }

    /// <summary>What goes on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SyncStage? Stage { get; init; }

    /// <summary>How many bytes have passed in this stage.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Bytes { get; init; }

    /// <summary>How many there will be, where that is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Total { get; init; }

    /// <summary>In how many seconds the image is tried again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RetryInSeconds { get; init; }

    /// <summary>How the image ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageOutcome? Outcome { get; init; }

    /// <summary>The whole run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SyncReport? Report { get; init; }

    /// <summary>When the next run starts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NextRun { get; init; }

    /// <summary>Why there is no report.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailureAnswer.Details? Error { get; init; }
}

/// <summary>Tells a run's progress to a program: each stage when it begins, bytes once a second, each end.</summary>
internal sealed class RunEvents(Terminal terminal, TimeProvider time) : IProgress<ImageProgress>
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string, string), (SyncStage Stage, DateTimeOffset At)> _last = [];

    public void Report(ImageProgress value)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var isSame = _last.TryGetValue((value.Distribution, value.Cloud), out var last) && last.Stage == value.Stage;
            if (isSame && value is { Ended: null, RetryIn: null } && now - last.At < Often)
                return;

            _last[(value.Distribution, value.Cloud)] = (value.Stage, now);
            Write(new RunEvent(value.Ended is null ? RunEvent.Progress : RunEvent.Ended, now)
            {
                Distribution = value.Distribution,
                Cloud = value.Cloud,
                Stage = value.Ended is null && value.RetryIn is null ? value.Stage : null,
                Bytes = value.Total is null ? null : value.Bytes,
                Total = value.Total,
                RetryInSeconds = value.RetryIn?.TotalSeconds,
                Outcome = value.Ended,
            });
        }
    }

    /// <summary>No run is under way until then.</summary>
    public void Wait(DateTimeOffset next) => Write(new RunEvent(RunEvent.Waiting, time.GetUtcNow()) { NextRun = next });

    /// <summary>A run has ended without a report.</summary>
    public void Fail(string kind, IReadOnlyList<string> faults) =>
        Write(new RunEvent(RunEvent.Failure, time.GetUtcNow()) { Error = new FailureAnswer.Details(kind, faults) });

    public void End(SyncReport report) => Write(new RunEvent(RunEvent.Finished, time.GetUtcNow()) { Report = report });

    private void Write(RunEvent told) => terminal.AnswerRaw(JsonSerializer.Serialize(told, LineJson.Default.RunEvent));
}
