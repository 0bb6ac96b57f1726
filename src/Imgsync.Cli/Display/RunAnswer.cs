using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display;

/// <summary>What a run did, or what a dry run found to be done.</summary>
internal static class RunAnswer
{
    public static void Show(SyncReport report, bool json, Terminal terminal)
    {
        if (json)
            JsonAnswer.Show(terminal, report, AnswerJson.Default.SyncReport);
        else if (report.DryRun)
            DryRunList.Show(report, terminal);
        else
            OutcomeTable.Show(report, terminal);
    }
}
