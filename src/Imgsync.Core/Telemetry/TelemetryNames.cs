using Imgsync.Core.Runs;

namespace Imgsync.Core.Telemetry;

/// <summary>The names that spans, measurements and their tags go by. The alerts in <c>infra/bicep</c> ask for some of them.</summary>
public static class TelemetryNames
{
    /// <summary>Of the activity source and of the meter.</summary>
    public const string Source = "Imgsync";

    public const string Images = "imgsync.images";
    public const string Warnings = "imgsync.warnings";
    public const string Runs = "imgsync.runs";
    public const string Bytes = "imgsync.bytes";
    public const string StageDuration = "imgsync.stage.duration";
    public const string NewestAge = "imgsync.newest.age";
    public const string NewestLimit = "imgsync.newest.limit";
    public const string SupportLeft = "imgsync.support.left";

    public const string Run = "run";
    public const string Distribution = "distribution";
    public const string Cloud = "cloud";
    public const string Revision = "revision";
    public const string Stage = "stage";
    public const string Outcome = "outcome";
    public const string Failure = "failure";
    public const string Result = "result";
    public const string Direction = "direction";

    /// <summary>The span of one image, around those of its stages.</summary>
    public const string Sync = "sync";

    /// <summary>The one stage that no single image goes through.</summary>
    public const string Prune = "prune";

    /// <summary>A stage's or a run's good end.</summary>
    public const string Completed = "completed";

    public const string Failed = "failed";

    public const string Download = "download";
    public const string Upload = "upload";

    /// <summary><c>up-to-date</c></summary>
    public static string Of(OutcomeKind kind) => Word.Of(kind);

    /// <summary><c>transfer</c></summary>
    public static string Of(SyncStage stage) => Word.Of(stage);
}
