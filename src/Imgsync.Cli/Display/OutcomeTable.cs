using System.Globalization;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display;

/// <summary>The report of a run, one line per distribution and cloud. A dry run has <see cref="DryRunList"/>.</summary>
internal static class OutcomeTable
{
    private static readonly Column[] Columns =
    [
        "distribution",
        new("cloud", Weight: 6),
        new("outcome") { Tone = Words.Tone },
        new("revision", Weight: 5),
        new("MiB down", Weight: 1) { IsNumber = true },
        new("MiB up", Weight: 1) { IsNumber = true },
        new("s", Weight: 2) { IsNumber = true },
        new("what happened", Weight: 7) { IsText = true },
    ];

    private static readonly Column[] PrunedColumns =
    [
        "superseded image",
        new("cloud", Weight: 6),
        "what became of it",
        new("why", Weight: 7) { IsText = true },
    ];

    public static void Show(SyncReport report, Terminal terminal)
    {
        AnswerTable.Show(terminal, Columns, report.Outcomes.Select(Row));
        if (report.Pruning.Actions is not [])
            ShowPruned(report.Pruning.Actions, terminal);
    }

    private static void ShowPruned(IReadOnlyList<RunAction> pruned, Terminal terminal)
    {
        terminal.Answer("");
        AnswerTable.Show(terminal, PrunedColumns, pruned.Select(Row));
    }

    private static string[] Row(RunAction action) => [action.ImageName, action.Cloud, InWords(action), action.Reason];

    private static string InWords(RunAction action) => action.Result switch
    {
        ActionResult.Done => Done(action.Kind),
        ActionResult.HiddenInstead => "hidden instead",
        ActionResult.Postponed => $"to be {Done(action.Kind)} by a later run",
        ActionResult.Refused => $"NOT {Done(action.Kind)}",
        ActionResult.Left => "left",
        _ => action.Result.ToString(),
    };

    private static string Done(ActionKind kind) => kind switch
    {
        ActionKind.Rename => "renamed",
        ActionKind.MakeCommunity => "made community",
        ActionKind.Hide => "hidden",
        ActionKind.Deactivate => "deactivated",
        ActionKind.Delete => "deleted",
        _ => kind.ToString(),
    };

    private static string[] Row(ImageOutcome outcome) =>
    [
        outcome.Distribution,
        outcome.Cloud,
        Words.Of(outcome),
        outcome.Revision ?? "-",
        (outcome.BytesDownloaded >> 20).ToString(CultureInfo.InvariantCulture),
        (outcome.BytesUploaded >> 20).ToString(CultureInfo.InvariantCulture),
        outcome.Seconds.Values.Sum().ToString("0.0", CultureInfo.InvariantCulture),
        outcome.IsGood ? outcome.Reason : "see below",
    ];
}
