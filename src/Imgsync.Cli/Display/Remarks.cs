using Imgsync.Cli.Logs;
using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display;

/// <summary>What has failed in a run, and what it warns of, below its table.</summary>
internal static class Remarks
{
    public static void Show(SyncReport report, Terminal terminal)
    {
        foreach (var failed in report.Outcomes.Where(outcome => !outcome.IsGood))
            terminal.Complain($"{Subject(failed)}: {failed.Reason}", about: About(report, failed));
        foreach (var warned in report.Outcomes.Where(outcome => outcome.Warning is not null))
            terminal.Warn($"{Subject(warned)}: {warned.Warning}", About(report, warned));
    }

    private static LogSubject About(SyncReport report, ImageOutcome outcome) =>
        new(report.Run.ToString(), outcome.Distribution, outcome.Cloud);

    private static string Subject(ImageOutcome outcome) =>
        outcome.Cloud is "" ? outcome.Distribution : $"{outcome.Distribution} for {outcome.Cloud}";
}
