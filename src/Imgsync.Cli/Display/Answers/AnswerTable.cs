using Imgsync.Core;

namespace Imgsync.Cli.Display.Answers;

/// <summary>An answer of rows: as wide as the terminal for a person, aligned whole lines for a pipe.</summary>
internal static class AnswerTable
{
    public static void Show(Terminal terminal, IReadOnlyList<Column> columns, IEnumerable<string[]> rows)
    {
        var all = rows.Select(row => Array.ConvertAll(row, cell => cell.OnOneLine())).ToList();
        foreach (var line in TableLayout.Lines(columns, all, terminal.AnswerWidth ?? TableLayout.Unbounded, terminal.IsAnswerColoured))
            terminal.AnswerRaw(line);
    }
}
