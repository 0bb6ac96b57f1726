using Imgsync.Core;
using Spectre.Console;

namespace Imgsync.Cli.Display;

/// <summary>An answer of rows: a drawn table for a person, aligned plain lines for a pipe.</summary>
internal static class AnswerTable
{
    public static void Show(Terminal terminal, string[] headings, IEnumerable<string[]> rows)
    {
        var all = rows.Select(row => Array.ConvertAll(row, cell => cell.OnOneLine())).ToList();
        if (Terminal.IsAnswerWatched)
            Draw(terminal, headings, all);
        else
            Align(terminal, [headings, .. all]);
    }

    private static void Draw(Terminal terminal, string[] headings, List<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var heading in headings)
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))));
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        terminal.Answers.Write(table);
    }

    private static void Align(Terminal terminal, List<string[]> lines)
    {
        var widths = lines[0].Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            terminal.Answer(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
