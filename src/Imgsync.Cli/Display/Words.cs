using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Core.Telemetry;

namespace Imgsync.Cli.Display;

/// <summary>The words that tables, JSON and metrics have in common: <c>up-to-date</c>.</summary>
internal static class Words
{
    public static string Of(ImageOutcome outcome) => outcome.IsCancelled ? "cancelled" : TelemetryNames.Of(outcome.Kind);

    public static string Of(ActionKind kind) => Word.Of(kind);

    public static Tone Tone(ImageOutcome outcome) => outcome switch
    {
        { IsCancelled: true } => Display.Tone.Warning,
        { IsGood: false } => Display.Tone.Bad,
        { Kind: OutcomeKind.Published or OutcomeKind.Staged or OutcomeKind.WouldPublish } => Display.Tone.Good,
        _ => Display.Tone.Plain,
    };

    /// <summary>The same for the word alone, where a table has no more.</summary>
    public static Tone Tone(string word) => word switch
    {
        "failed" or "mismatch" or "unreadable" or "refused" or "unfinished" or "FAILED" or "REFUSED" => Display.Tone.Bad,
        "+" => Display.Tone.Good,
        "-" or "!" => Display.Tone.Bad,
        "~" => Display.Tone.Warning,
        "warning" or "unknown" => Display.Tone.Warning,
        "cancelled" => Display.Tone.Warning,
        "published" or "staged" or "would-publish" or "ok" => Display.Tone.Good,
        _ => Display.Tone.Plain,
    };

    /// <summary>A digest by its algorithm and its first digits; a fingerprint likewise.</summary>
    public static string ShortDigest(string digest) => digest.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
        ? $"{digest[..colon]}:{TextWidth.Fit(digest[(colon + 1)..], 13)}"
        : TextWidth.Fit(digest, 17);

    /// <summary>An image's id by what comes before its first hyphen.</summary>
    public static string ShortId(string id) => TextWidth.Fit(id, 9);

    public static string Of(SyncStage stage) => stage switch
    {
        SyncStage.Resolve => "asking upstream",
        SyncStage.Settle => "asking Glance",
        SyncStage.Transfer => "transferring",
        SyncStage.Publish => "publishing",
        _ => stage.ToString(),
    };

    /// <summary>An image and where it is brought: <c>debian12 > east</c>.</summary>
    public static string Subject(string distribution, string cloud) => cloud is "" ? distribution : $"{distribution} > {cloud}";
}
