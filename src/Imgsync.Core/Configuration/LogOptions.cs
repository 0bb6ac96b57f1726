using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Configuration;

/// <summary>How much the command line logs, and where.</summary>
public sealed record LogOptions
{
    [Description("Logs every step, as -v does.")]
    public bool Debug { get; init; }

    [Description("From which level on the command line logs events; information is one line when an image starts and one when it ends.")]
    public LogDetail Level { get; init; } = LogDetail.Warning;

    [Description(
        "How progress and logs are written: text for people, or json, one object a line, with time, level, run, distribution and cloud.")]
    public LogFormat Format { get; init; } = LogFormat.Text;

    [Description("A file that progress and logs are appended to, instead of standard error.")]
    public string? File { get; init; }
}

/// <summary>How important an event is that is logged.</summary>
[JsonConverter(typeof(WordConverter<LogDetail>))]
public enum LogDetail
{
    Debug,
    Information,
    Warning,
    Error,
}

/// <summary>What a line of progress or log looks like.</summary>
[JsonConverter(typeof(WordConverter<LogFormat>))]
public enum LogFormat
{
    Text,
    Json,
}

/// <summary>When <c>imgsync serve</c> starts runs, and where it says how it is.</summary>
public sealed record ServeOptions
{
    [Description(
        "When imgsync serve starts a run: a cron expression in UTC, of five fields, or six with seconds first; @daily will do.")]
    public string Schedule { get; init; } = "0 */6 * * *";

    [Description(
        "Up to how much later than the schedule says a run starts, by chance, so that not everybody asks the publishers at once.")]
    [Age]
    public TimeSpan Jitter { get; init; } = TimeSpan.FromMinutes(5);

    [Description("The address and port where imgsync serve answers GET /livez and GET /healthz; empty for none.")]
    public string? Health { get; init; } = "127.0.0.1:8086";

    [Description("Whether imgsync serve also starts a run as soon as it is started itself.")]
    public bool OnceAtStart { get; init; }
}
