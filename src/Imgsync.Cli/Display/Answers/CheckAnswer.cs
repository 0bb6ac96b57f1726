using Imgsync.Core.Checking;

namespace Imgsync.Cli.Display.Answers;

/// <summary>Shows what was checked, as a table or for programs; what failed is told in a sentence each.</summary>
internal static class CheckAnswer
{
    public static int Show(
        Terminal terminal, bool asJson, CheckReport report, IReadOnlyList<Column> columns, Func<CheckResult, string[]> row)
    {
        if (asJson)
        {
            JsonAnswer.Show(terminal, report, AnswerJson.Default.CheckReport);
        }
        else
        {
            AnswerTable.Show(terminal, columns, report.Checks.Select(row));
            foreach (var failed in report.Checks.Where(check => !check.IsGood))
                terminal.Complain($"{failed.Subject}, {failed.Step}: {failed.Detail}");
        }

        return report.IsGood ? ExitCode.Good : ExitCode.SomeFailed;
    }
}
