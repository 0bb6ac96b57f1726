namespace Imgsync.Cli.Display;

/// <summary>Fits a table to the width of a terminal, from the mildest measure on: digests and their like are shortened, sentences broken
/// between words, the least important columns left out, and at last sentences stand below their row. Only what is longer than the
/// whole width is broken within a word.</summary>
internal sealed class TableLayout
{
    private const string Gap = "  ";
    private const int NarrowestText = 24;
    private const int LastWeight = 9;

    /// <summary>The width of a pipe, which takes lines of any length: nothing is left out there.</summary>
    public const int Unbounded = int.MaxValue / 2;

    private readonly List<Column> _columns;
    private readonly List<string[]> _rows;
    private readonly int _width;
    private readonly int[] _widths;

    /// <summary>Whether sentences stand below their row and not in it.</summary>
    private readonly bool _isStacked;

    private TableLayout(IReadOnlyList<Column> columns, IReadOnlyList<string[]> rows, int width)
    {
        _width = width;
        var cells = rows.Select(row => (string[])row.Clone()).ToList();
        var kept = Enumerable.Range(0, columns.Count)
            .Where(place => width == Unbounded || rows.Count == 0 || rows.Any(row => row[place] is not "")).ToList();
        if (width < Unbounded && Natural(columns, cells, kept) > width)
        {
            Shorten(columns, cells);
            kept = Kept(columns, cells, width);
        }

        _isStacked = Least(columns, cells, kept) > width && kept.Exists(place => columns[place].IsText);
        _columns = [.. kept.Select(place => columns[place])];
        _rows = [.. cells.Select(row => kept.Select(place => row[place]).ToArray())];
        _widths = Widths();
    }

    /// <param name="width">In columns of the terminal.</param>
    /// <param name="isColoured">Whether escape sequences are understood where this is shown.</param>
    public static IEnumerable<string> Lines(
        IReadOnlyList<Column> columns, IReadOnlyList<string[]> rows, int width, bool isColoured)
    {
        var layout = new TableLayout(columns, rows, width);
        return layout.Row([.. layout._columns.Select(column => column.Heading)], isColoured, isHeading: true)
            .Concat(layout._rows.SelectMany(row => layout.Row(row, isColoured, isHeading: false)));
    }

    /// <summary>A text in lines of at most so many columns, broken between words.</summary>
    public static IEnumerable<string> Wrapped(string text, int columns)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            var rest = word;
            if (line is not "" && TextWidth.Of(line) + 1 + TextWidth.Of(rest) <= columns)
            {
                line += " " + rest;
                continue;
            }

            if (line is not "")
                yield return line;
            for (; TextWidth.Of(rest) > columns; rest = rest[TextWidth.Beginning(rest, columns).Length..])
                yield return TextWidth.Beginning(rest, columns);
            line = rest;
        }

        yield return line;
    }

    /// <summary>The columns that have room, the most important first. One without a word in it needs none.</summary>
    private static List<int> Kept(IReadOnlyList<Column> columns, List<string[]> cells, int width)
    {
        var kept = Enumerable.Range(0, columns.Count).Where(place => columns[place].Weight == LastWeight).ToList();
        var others = Enumerable.Range(0, columns.Count).Except(kept)
            .Where(place => cells.Exists(row => row[place] is not ""))
            .OrderByDescending(place => columns[place].Weight);
        foreach (var place in others.ToList())
        {
            List<int> more = [.. kept.Append(place).Order()];
            if (Least(columns, cells, more) <= width)
                kept = more;
        }

        return kept;
    }

    private static void Shorten(IReadOnlyList<Column> columns, List<string[]> cells)
    {
        foreach (var row in cells)
        {
            for (var place = 0; place < columns.Count; place++)
                row[place] = columns[place].Short?.Invoke(row[place]) ?? row[place];
        }
    }

    private static int Natural(IReadOnlyList<Column> columns, List<string[]> cells, List<int> kept) =>
        Sum(kept.Select(place => Longest(columns, cells, place)));

    /// <summary>What the table needs when its sentences are broken.</summary>
    private static int Least(IReadOnlyList<Column> columns, List<string[]> cells, List<int> kept) => Sum(kept.Select(place =>
        Longest(columns, cells, place) is var longest && columns[place].IsText ? Math.Min(longest, NarrowestText) : longest));

    private static int Longest(IReadOnlyList<Column> columns, List<string[]> cells, int place) =>
        cells.Select(row => TextWidth.Of(row[place])).Append(TextWidth.Of(columns[place].Heading)).Max();

    private static int Sum(IEnumerable<int> widths) => widths.Aggregate(-Gap.Length, (sum, width) => sum + Gap.Length + width);

    private int[] Widths()
    {
        var widths = Enumerable.Range(0, _columns.Count).Select(place => Longest(_columns, _rows, place)).ToArray();
        if (_isStacked)
            return widths;

        // What is too much is taken from the sentences, of the longest first.
        int[] sentences = [.. Enumerable.Range(0, widths.Length).Where(place => _columns[place].IsText)];
        for (var excess = Sum(widths) - _width; excess > 0 && sentences is not []; excess--)
        {
            var longest = sentences.MaxBy(place => widths[place]);
            if (widths[longest] <= 1)
                break;
            widths[longest]--;
        }

        return widths;
    }

    private IEnumerable<string> Row(string[] cells, bool isColoured, bool isHeading)
    {
        var inRow = Enumerable.Range(0, cells.Length).Where(place => !_isStacked || !_columns[place].IsText).ToList();
        var wrapped = inRow.ConvertAll(place => Wrapped(cells[place], Math.Min(_widths[place], _width)).ToList());
        for (var line = 0; line < wrapped.Max(cell => cell.Count); line++)
        {
            var shown = inRow.Select((place, index) => Cell(
                place, wrapped[index].ElementAtOrDefault(line) ?? "", place == inRow[^1], isColoured, isHeading));
            yield return string.Join(Gap, shown).TrimEnd();
        }

        if (!_isStacked || isHeading)
            yield break;

        foreach (var text in Enumerable.Range(0, cells.Length).Except(inRow).SelectMany(place => Wrapped(cells[place], _width - 2)))
            yield return ("  " + text).TrimEnd();
    }

    private string Cell(int place, string text, bool isLast, bool isColoured, bool isHeading)
    {
        var column = _columns[place];
        var tone = isHeading ? Tone.Strong : column.Tone?.Invoke(text) ?? Tone.Plain;
        var room = new string(' ', Math.Max(0, _widths[place] - TextWidth.Of(text)));
        return column.IsNumber ? room + text.In(tone, isColoured) : text.In(tone, isColoured) + (isLast ? "" : room);
    }
}
