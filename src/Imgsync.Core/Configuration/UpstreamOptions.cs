using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

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
    [Range(1, double.PositiveInfinity)]
    public long MaxImageBytes { get; init; } = 20L << 30;

    [Description("The largest disk image that a packed one may unpack to, in bytes or with a unit. It may not be more than a thousand "
        + "times as large as the packed file either, nor more than 1 GiB where that file is tiny.")]
    [Range(1, double.PositiveInfinity)]
    public long MaxUnpackedBytes { get; init; } = 64L << 30;

    [Description(
        "Which digests of an image are computed: those that are needed, which are the publisher's own and the one by which Glance says "
            + "what it holds, or all, so that every image has the properties imgsync.sha256 and imgsync.sha512.")]
    public DigestPolicy Digests { get; init; } = DigestPolicy.Needed;

    [Description(
        "How many connections one image may be read over at once, where the publisher serves parts and one connection is slower than what "
            + "the bytes go to. Each takes up to 8 MiB of memory. 1, the default, is easy on publishers and on the small "
            + "instances of a Consumption plan.")]
    [Range(1, 16)]
    public int ParallelStreams { get; init; } = 1;

    [Description("A file of further certificate authorities (PEM) that may vouch for every mirror, publisher and key server.")]
    public string? CaFile { get; init; }

    [Description(
        "Files of further certificate authorities (PEM) that may vouch for the server of one publisher's tree only: publisher name to "
            + "file. It counts instead of upstream.caFile.")]
    public IReadOnlyDictionary<string, string> CaFiles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>Which digests of an image are computed.</summary>
[JsonConverter(typeof(WordConverter<DigestPolicy>))]
public enum DigestPolicy
{
    /// <summary>The publisher's, and the one by which Glance says what it holds.</summary>
    Needed,

    /// <summary>SHA-256 and SHA-512.</summary>
    All,
}
