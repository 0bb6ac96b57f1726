using System.CommandLine;
using System.Globalization;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Core.Telemetry;

namespace Imgsync.Cli.Commands.Status;

/// <summary><c>imgsync runs</c>: the runs that have ended, or the report of one of them.</summary>
internal static class RunsCommand
{
    private const string Last = "last";

    private static readonly Column[] Columns =
    [
        "run",
        new("ended", Weight: 6),
        new("took", Weight: 5) { IsNumber = true },
        new("kind", Weight: 7),
        new("what came of it", Weight: 8) { IsText = true },
        new("moved", Weight: 2) { IsNumber = true },
    ];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var run = new Argument<string?>("run")
        {
            Description = "The run whose report to show, such as 20240717T181100Z-3f9a, or last; default: a list of all.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("runs", "Lists the runs, or shows the report of one; needs no cloud.") { run, shared.Json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var reports = session.Get<ReportStore>();
            return parsed.GetValue(run) is { } named
                ? await ShowAsync(named, reports, shared, parsed, terminal, cancellationToken)
                : List((await reports.StandingAsync(cancellationToken)).Runs, parsed.GetValue(shared.Json), terminal);
        });
        return command;
    }

    /// <summary><c> (dry)</c>, <c> (partial, cancelled)</c>, or nothing.</summary>
    public static string Marks(PastRun run) => Kind(run) is "complete" ? "" : $" ({Kind(run)})";

    private static string Kind(PastRun run) => string.Join(
        ", ", new[] { run.DryRun ? "dry" : "", run.Complete ? "" : "partial", run.Cancelled ? "cancelled" : "" }
            .Where(word => word is not "").DefaultIfEmpty("complete"));

    private static int List(IReadOnlyList<PastRun> runs, bool asJson, Terminal terminal)
    {
        ListAnswer.Show(terminal, asJson, runs, AnswerJson.Default.Runs, Columns, Row);
        return ExitCode.Good;
    }

    private static async Task<int> ShowAsync(
        string named, ReportStore reports, SharedOptions shared, ParseResult parsed, Terminal terminal,
        CancellationToken cancellationToken)
    {
        var report = named is Last ? await reports.FindLastAsync(cancellationToken)
            : RunId.TryParse(named, out var asked) ? await reports.FindAsync(asked, cancellationToken)
            : null;
        if (report is null)
        {
            var missing = named is Last
                ? "No run has ended yet with this staging; imgsync sync makes one."
                : $"There is no report of a run {named} in this staging.";
            terminal.Complain(missing);
            FailureAnswer.Show(parsed, terminal, FailureAnswer.NotFound, [missing]);
            return ExitCode.SomeFailed;
        }

        var asJson = parsed.GetValue(shared.Json);
        if (!asJson && !terminal.Quiet)
            terminal.AnswerSentence(string.Create(
                CultureInfo.InvariantCulture,
                $"Run {report.Run}{Marks(PastRun.Of(report))} began {report.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC and took "
                    + $"{(report.FinishedAt - report.StartedAt).InWords()}{(report.Cancelled ? ", until it was stopped" : "")}"));
        RunAnswer.Show(report, asJson, terminal);
        if (!asJson)
        {
            foreach (var failure in report.Pruning.Failures)
                terminal.Complain(failure);
        }

        return report.IsGood ? ExitCode.Good : ExitCode.SomeFailed;
    }

    private static string[] Row(PastRun run) =>
    [
        run.Run.ToString(),
        run.FinishedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        (run.FinishedAt - run.StartedAt).InWords(),
        Kind(run),
        string.Join(", ", Counts(run).DefaultIfEmpty("nothing")),
        run.Bytes > 0 ? Amounts.Bytes(run.Bytes) : "-",
    ];

    private static IEnumerable<string> Counts(PastRun run)
    {
        var counts = run.Outcomes.OrderBy(count => count.Key)
            .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {TelemetryNames.Of(count.Key)}"));
        return run.Removed == 0 ? counts : counts.Append(string.Create(CultureInfo.InvariantCulture, $"{run.Removed} removed"));
    }
}
