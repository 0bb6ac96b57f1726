using System.Globalization;
using Imgsync.Core;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display;

/// <summary>A run in one line: <c>3 published, 12 up to date, 1 failed, 2 removed; 1.4 GiB in 41 s</c>.</summary>
internal static class Closing
{
    private static readonly (string Words, Func<ImageOutcome, bool> Is)[] Endings =
    [
        ("published", outcome => outcome.Kind is OutcomeKind.Published),
        ("staged", outcome => outcome.Kind is OutcomeKind.Staged),
        ("up to date", outcome => outcome.Kind is OutcomeKind.UpToDate),
        ("refused", outcome => outcome.Kind is OutcomeKind.Refused),
        ("failed", outcome => outcome is { Kind: OutcomeKind.Failed or OutcomeKind.Unfinished, IsCancelled: false }),
        ("cancelled", outcome => outcome.IsCancelled),
    ];

    public static string Of(SyncReport report)
    {
        var took = report.FinishedAt - report.StartedAt;
        var moved = report.Outcomes.Sum(outcome => Math.Max(outcome.BytesDownloaded, outcome.BytesUploaded));
        var counts = Endings.Select(ending => Count(report.Outcomes.Count(ending.Is), ending.Words))
            .Append(Count(Gone(report, ActionKind.Delete), "removed"))
            .Append(Count(Gone(report, ActionKind.Hide, ActionKind.Deactivate, ActionKind.MakeCommunity), "retired"))
            .OfType<string>();
        return $"{string.Join(", ", counts)}{(moved > 0 ? $"; {Amounts.Bytes(moved)}" : "")} in {Rounded(took).InWords()}";
    }

    private static int Gone(SyncReport report, params ActionKind[] kinds) =>
        report.Outcomes.SelectMany(outcome => outcome.Actions).Concat(report.Pruning.Actions)
            .Count(action => action.Result is ActionResult.Done && kinds.Contains(action.Kind));

    private static string? Count(int count, string words) =>
        count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{count} {words}");

    private static TimeSpan Rounded(TimeSpan took) =>
        took < TimeSpan.FromSeconds(10) ? took : TimeSpan.FromSeconds(Math.Round(took.TotalSeconds));
}
