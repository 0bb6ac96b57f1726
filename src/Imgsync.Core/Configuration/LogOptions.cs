using System.ComponentModel;

namespace Imgsync.Core.Configuration;

/// <summary>How much the command line logs, and where.</summary>
public sealed record LogOptions
{
    [Description("Logs every step, as -v does.")]
    public bool Debug { get; init; }

    [Description("A file that progress and logs are appended to, instead of standard error.")]
    public string? File { get; init; }
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
