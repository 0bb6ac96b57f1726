using System.Globalization;
using Imgsync.Core.Sync;

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
        foreach (var failed in report.Outcomes.Where(outcome => !outcome.IsGood))
            terminal.Complain($"{failed.Distribution}{(failed.Cloud is "" ? "" : $" for {failed.Cloud}")}: {failed.Reason}");
    }

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
        _ => kind.ToString(),
    };
}
