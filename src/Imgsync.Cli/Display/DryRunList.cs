using Imgsync.Cli.Display.Answers;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display;

/// <summary>The report of a dry run as what is to be done, cloud by cloud: <c>+</c> an image comes, <c>~</c> one changes, <c>-</c> one
/// goes, <c>!</c> something is in the way.</summary>
internal static class DryRunList
{
    private static readonly Column[] Columns =
    [
        new("") { Tone = Words.Tone },
        "distribution",
        new("action", Weight: 8),
        new("image", Weight: 5),
        new("why", Weight: 7) { IsText = true },
    ];

    public static void Show(SyncReport report, Terminal terminal)
    {
        var lines = report.Outcomes.SelectMany(Lines).Concat(report.Pruning.Actions.Select(Line)).ToList();
        foreach (var cloud in lines.GroupBy(line => line.Cloud, StringComparer.Ordinal))
        {
            terminal.Answer($"Cloud {cloud.Key}");
            AnswerTable.Show(
                terminal,
                Columns,
                cloud.OrderBy(line => line.Distribution, StringComparer.Ordinal)
                    .Select(line => (string[])[line.Sign, line.Distribution, line.Action, line.Image, line.Why]));
            terminal.Answer("");
        }

        terminal.AnswerSentence($"{Count("+")} to publish, {Count("~")} to change, {Count("-")} to delete.");
        Remarks.Show(report, terminal);

        int Count(string sign) => lines.Count(line => line.Sign == sign);
    }

    /// <summary>Whether a run would change anything in any cloud.</summary>
    public static bool HasActions(SyncReport report) =>
        report.Outcomes.SelectMany(outcome => outcome.Actions).Concat(report.Pruning.Actions)
            .Any(action => action.Result is ActionResult.Planned);

    /// <summary>What is done about a distribution, or that nothing is.</summary>
    private static IEnumerable<PlanLine> Lines(ImageOutcome outcome)
    {
        var lines = outcome.Actions.Select(Line);
        return outcome switch
        {
            { IsCancelled: true } => lines.Append(Line(outcome, "!", "cancelled", "see below")),
            { IsGood: false } => lines.Append(Line(outcome, "!", outcome.Kind is OutcomeKind.Refused ? "REFUSED" : "FAILED", "see below")),
            { Kind: OutcomeKind.WouldPublish, Actions: [] } => [Line(outcome, "+", "stage", outcome.Reason)],
            { Actions: [] } => [Line(outcome, "", "leave", outcome.Reason)],
            _ => lines,
        };
    }

    private static PlanLine Line(ImageOutcome outcome, string sign, string action, string why) =>
        new(outcome.Cloud, outcome.Distribution, sign, action, outcome.ImageName ?? "-", why);

    private static PlanLine Line(RunAction action)
    {
        var (sign, word) = action switch
        {
            { Result: ActionResult.Postponed } => ("", "postpone"),
            { Kind: ActionKind.Leave } => ("", "leave"),
            { Kind: ActionKind.Publish } => ("+", "publish"),
            { Kind: ActionKind.Delete } => ("-", "delete"),
            { Kind: ActionKind.Deactivate } => ("~", "deactivate"),
            { Kind: ActionKind.MakeCommunity } => ("~", "make community"),
            { Kind: ActionKind.Hide } => ("~", "hide"),
            { Kind: ActionKind.Rename } => ("~", "rename"),
            _ => ("~", "change"),
        };
        return new(action.Cloud, action.Distribution, sign, word, action.ImageName, action.Reason);
    }

    private sealed record PlanLine(string Cloud, string Distribution, string Sign, string Action, string Image, string Why);
}
