using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Imgsync.Core.Configuration;

/// <summary>How far upstream servers are trusted with our time and memory.</summary>
public sealed record UpstreamOptions
{
    [Description("How long a server may be silent before we give up on it.")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    [Description("How long one image may take in all, over every attempt.")]
    public TimeSpan ImageTimeout { get; init; } = TimeSpan.FromHours(2);

    [Description("How often a small request is repeated after a passing failure.")]
    [Range(0, 20)]
    public int Retries { get; init; } = 3;

    [Description("The largest image accepted, in bytes or with a unit, such as 20GiB.")]
    [Range(typeof(long), "1", "9223372036854775807")]
    public long MaxImageBytes { get; init; } = 20L << 30;

    [Description("A file of further certificate authorities (PEM) for mirrors.")]
    public string? CaFile { get; init; }
}
