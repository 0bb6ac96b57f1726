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
