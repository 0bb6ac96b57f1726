using System.Globalization;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display;

/// <summary>The report of a run, one line per distribution and cloud. A dry run has <see cref="DryRunList"/>.</summary>
internal static class OutcomeTable
{
    public static void Show(SyncReport report, Terminal terminal)
    {
        AnswerTable.Show(
            terminal,
            ["distribution", "cloud", "outcome", "revision", "MiB down", "MiB up", "s", "what happened"],
            report.Outcomes.Select(Row));
        if (report.Pruning.Actions is not [])
            ShowPruned(report.Pruning.Actions, terminal);
        Remarks.Show(report, terminal);
    }

    private static void ShowPruned(IReadOnlyList<RunAction> pruned, Terminal terminal)
    {
        terminal.Answer("");
        AnswerTable.Show(terminal, ["superseded image", "cloud", "what became of it", "why"], pruned.Select(Row));
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
        outcome.IsCancelled ? "stopped" : InWords(outcome.Kind),
        outcome.Revision ?? "-",
        (outcome.BytesDownloaded >> 20).ToString(CultureInfo.InvariantCulture),
        (outcome.BytesUploaded >> 20).ToString(CultureInfo.InvariantCulture),
        outcome.Seconds.Values.Sum().ToString("0.0", CultureInfo.InvariantCulture),
        outcome.IsGood ? outcome.Reason : "see below",
    ];

    private static string InWords(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Published => "published",
        OutcomeKind.UpToDate => "up to date",
        OutcomeKind.Staged => "staged",
        OutcomeKind.Unfinished => "unfinished",
        OutcomeKind.Failed => "FAILED",
        OutcomeKind.Refused => "REFUSED",
        _ => kind.ToString(),
    };
}
