using System.CommandLine;
using System.Globalization;
using Imgsync.Cli.Display;
using Imgsync.Core;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Commands;

/// <summary><c>imgsync status</c>: how things stood when the last run ended, or an earlier one.</summary>
internal static class StatusCommand
{
    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var run = new Argument<string?>("run")
        {
            Description = "The run whose report to show, such as 20240717T181100Z-3f9a; default: the last one.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("status", "Shows the report of the last run; needs no cloud.") { run, shared.Json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var named = parsed.GetValue(run);
            var reports = session.Get<ReportStore>();
            var report = named is null ? await reports.FindLastAsync(cancellationToken)
                : RunId.TryParse(named, out var asked) ? await reports.FindAsync(asked, cancellationToken)
                : null;
            if (report is null)
            {
                terminal.Complain(
                    named is null
                        ? "No run has ended yet with this staging; imgsync sync makes one."
                        : $"There is no report of a run {named} in this staging.");
                return ExitCode.SomeFailed;
            }

            if (parsed.GetValue(shared.Json))
                JsonAnswer.Show(terminal, report, AnswerJson.Default.SyncReport);
            else
                Show(report, terminal);
            return report.IsGood ? ExitCode.Good : ExitCode.SomeFailed;
        });
        return command;
    }

    private static void Show(SyncReport report, Terminal terminal)
    {
        terminal.Answer(string.Create(
            CultureInfo.InvariantCulture,
            $"Run {report.Run}{(report.DryRun ? " (dry)" : "")} began {report.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC and took "
                + $"{(report.FinishedAt - report.StartedAt).InWords()}{(report.Cancelled ? ", until it was stopped" : "")}"));
        RunAnswer.Show(report, json: false, terminal);
        foreach (var failure in report.Pruning.Failures)
            terminal.Complain(failure);
    }
}
