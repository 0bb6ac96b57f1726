using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display;

/// <summary>The report of a dry run as what is to be done, cloud by cloud: <c>+</c> an image comes, <c>~</c> one changes, <c>-</c> one
/// goes, <c>!</c> something is in the way.</summary>
internal static class PlanList
{
    public static void Show(SyncReport report, Terminal terminal)
    {
        var lines = Lines(report).ToList();
        foreach (var cloud in lines.GroupBy(line => line.Cloud, StringComparer.Ordinal))
        {
            terminal.Answer($"Cloud {cloud.Key}");
            AnswerTable.Show(
                terminal,
                ["", "distribution", "action", "image", "why"],
                cloud.OrderBy(line => line.Distribution, StringComparer.Ordinal)
                    .Select(line => (string[])[line.Sign, line.Distribution, line.Action, line.Image, line.Why]));
            terminal.Answer("");
        }

        terminal.Answer($"{Count("+")} to publish, {Count("~")} to change, {Count("-")} to delete.");
        Remarks.Show(report, terminal);

        int Count(string sign) => lines.Count(line => line.Sign == sign);
    }

    /// <summary>Whether a run would change anything in any cloud.</summary>
    public static bool HasActions(SyncReport report) => Lines(report).Any(line => line.Sign is "+" or "~" or "-");

    private static IEnumerable<PlanLine> Lines(SyncReport report) =>
        report.Outcomes.Select(Line).Concat(report.Pruning.Pruned.Select(Line));

    private static PlanLine Line(ImageOutcome outcome)
    {
        var (sign, action) = outcome switch
        {
            { Kind: OutcomeKind.WouldPublish } => ("+", "publish"),
            { Kind: OutcomeKind.UpToDate, Changes: not null } => ("~", "change"),
            { Kind: OutcomeKind.UpToDate } => ("", "leave"),
            { Kind: OutcomeKind.Refused } => ("!", "REFUSED"),
            _ => ("!", "FAILED"),
        };
        return new(
            outcome.Cloud,
            outcome.Distribution,
            sign,
            action,
            outcome.ImageName ?? "-",
            outcome.IsGood ? outcome.Changes ?? outcome.Reason : "see below");
    }

    private static PlanLine Line(PruneOutcome pruned)
    {
        var (sign, action) = pruned switch
        {
            { Result: PruneResult.Postponed } => ("", "postpone"),
            { Action: PruneAction.Delete } => ("-", "delete"),
            { Action: PruneAction.Deactivate } => ("~", "deactivate"),
            { Action: PruneAction.Hide } => ("~", "hide"),
            _ => ("~", "rename"),
        };
        return new(pruned.Cloud, pruned.Distribution, sign, action, pruned.ImageName, pruned.Reason);
    }

    private sealed record PlanLine(string Cloud, string Distribution, string Sign, string Action, string Image, string Why);
}
