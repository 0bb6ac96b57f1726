using Imgsync.Core.Runs;

namespace Imgsync.Cli.Display.Answers;

/// <summary>What a run did, or what a dry run found to be done.</summary>
internal static class RunAnswer
{
    public static void Show(SyncReport report, bool json, Terminal terminal)
    {
        if (json)
            JsonAnswer.Show(terminal, report, AnswerJson.Default.SyncReport);
        else if (terminal.Quiet)
            Remarks.Show(report, terminal);
        else if (report.DryRun)
            DryRunList.Show(report, terminal);
        else
            ShowDone(report, terminal);
    }

    private static void ShowDone(SyncReport report, Terminal terminal)
    {
        OutcomeTable.Show(report, terminal);
        Remarks.Show(report, terminal);
        terminal.AnswerSentence(Closing.Of(report));
    }
}
