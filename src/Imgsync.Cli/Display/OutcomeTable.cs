using System.Globalization;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display;

/// <summary>The report, one line per distribution and cloud.</summary>
internal static class OutcomeTable
{
    public static void Show(SyncReport report, Terminal terminal)
    {
        AnswerTable.Show(
            terminal,
            ["distribution", "cloud", "outcome", "revision", "MiB down", "MiB up", "s", "what happened"],
            report.Outcomes.Select(Row));
        if (report.Pruning.Pruned is not [])
            ShowPruned(report.Pruning.Pruned, terminal);
        Remarks.Show(report, terminal);
    }

    private static void ShowPruned(IReadOnlyList<PruneOutcome> pruned, Terminal terminal)
    {
        terminal.Answer("");
        AnswerTable.Show(terminal, ["superseded image", "cloud", "what became of it", "why"], pruned.Select(Row));
    }

    private static string[] Row(PruneOutcome pruned) =>
        [pruned.ImageName, pruned.Cloud, InWords(pruned.Result, pruned.Action), pruned.Reason];

    private static string InWords(PruneResult result, PruneAction action) => result switch
    {
        PruneResult.Done => Done(action),
        PruneResult.Planned => $"would be {Done(action)}",
        PruneResult.HiddenInstead => "hidden instead",
        PruneResult.Postponed => $"to be {Done(action)} by a later run",
        PruneResult.Refused => $"NOT {Done(action)}",
        _ => result.ToString(),
    };

    private static string Done(PruneAction action) => action switch
    {
        PruneAction.Rename => "renamed",
        PruneAction.Hide => "hidden",
        PruneAction.Deactivate => "deactivated",
        PruneAction.Delete => "deleted",
        _ => action.ToString(),
    };

    private static string[] Row(ImageOutcome outcome) =>
    [
        outcome.Distribution,
        outcome.Cloud,
        InWords(outcome.Kind),
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
        OutcomeKind.WouldPublish => "would publish",
        OutcomeKind.Staged => "staged",
        OutcomeKind.Unfinished => "unfinished",
        OutcomeKind.Failed => "FAILED",
        OutcomeKind.Refused => "REFUSED",
        _ => kind.ToString(),
    };
}
