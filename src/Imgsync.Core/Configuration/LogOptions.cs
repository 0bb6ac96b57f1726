using System.ComponentModel;

namespace Imgsync.Core.Configuration;

/// <summary>How much of the story the command line tells, and where.</summary>
public sealed record LogOptions
{
    [Description("Tells every step, as -v does.")]
    public bool Debug { get; init; }

    [Description("A file the story is appended to, instead of standard error.")]
    public string? File { get; init; }
}
