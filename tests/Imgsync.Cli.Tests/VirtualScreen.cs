using System.Globalization;
using System.Text;
using Imgsync.Cli.Display;

namespace Imgsync.Cli.Tests;

/// <summary>What a person sees: a terminal of so many columns and rows that understands what our output may hold (ECMA-48) and nothing
/// else, so that a new escape sequence has to be thought about here.</summary>
internal sealed class VirtualScreen(int columns, int rows)
{
    private const string Plain = "";

    private readonly Lock _lock = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _sequence = new();
    private readonly List<(string Text, string Style)[]> _lines = [Blank(columns)];
    /// <summary>What stood there each time before the cursor went up to draw it again.</summary>
    private readonly List<string> _frames = [];
    private string _style = Plain;
    private int _top;
    private int _row;
    private int _column;

    /// <summary>How often a line was too long and went on in the next one.</summary>
    public int Wraps { get; private set; }

    public bool IsCursorShown { get; private set; } = true;

    /// <summary>Everything from the first line on, what has been scrolled away as well, without empty lines at the end.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines.Select(line => string.Concat(line.Select(cell => cell.Text)).TrimEnd())).TrimEnd('\n');
        }
    }

    /// <summary>The first whole screen with this text, of those that were drawn again later; null while there is none.</summary>
    public string? FindFrame(string text)
    {
        lock (_lock)
            return _frames.Find(frame => frame.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>How the first place looks where this text stands: <c>1;31</c>, or nothing.</summary>
    public string StyleOf(string text)
    {
        lock (_lock)
        {
            foreach (var line in _lines)
            {
                var place = string.Concat(line.Select(cell => cell.Text)).IndexOf(text, StringComparison.Ordinal);
                if (place >= 0)
                    return line[place].Style;
            }
        }

        return $"{text} is not there";
    }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        var letters = new char[bytes.Length + 1];
        lock (_lock)
        {
            var count = _decoder.GetChars(bytes, letters, flush: false);
            foreach (var rune in new string(letters, 0, count).EnumerateRunes())
                Take(rune);
        }
    }

    private static (string Text, string Style)[] Blank(int columns) => [.. Enumerable.Repeat((" ", Plain), columns)];

    private void Take(Rune rune)
    {
        if (_sequence.Length > 0)
            Continue((char)rune.Value);
        else if (rune.Value == '\e')
            _sequence.Append('\e');
        else if (rune.Value == '\n')
            NextLine();
        else if (rune.Value == '\r')
            _column = 0;
        else if (rune.Value >= ' ')
            Write(rune.ToString());
        else
            throw new InvalidOperationException($"A terminal would obey character {rune.Value}.");
    }

    private void Continue(char letter)
    {
        _sequence.Append(letter);
        if (letter == '[' || (!char.IsAsciiLetter(letter) && letter is not ('=' or '>')))
            return;

        var sequence = _sequence.ToString();
        _sequence.Clear();
        if (sequence is not ['\e', '=' or '>']) // how the keypad answers: the runtime's, too
            Obey(sequence[2..^1], letter, sequence);
    }

    private void Obey(string parameters, char function, string sequence)
    {
        var count = int.TryParse(parameters, CultureInfo.InvariantCulture, out var given) ? given : 1;
        switch (function)
        {
            case 'm':
                _style = parameters is "0" or "" ? Plain : parameters;
                break;
            case 'F':
                _frames.Add(Text);
                _row = Math.Max(0, _row - count);
                _column = 0;
                break;
            case 'K' when parameters is "":
                Erase(_row, _column);
                break;
            case 'J' when parameters is "":
                Erase(_row, _column);
                for (var row = _row + 1; _top + row < _lines.Count; row++)
                    Erase(row, 0);
                break;
            case 'h' or 'l' when parameters is "?25":
                IsCursorShown = function == 'h';
                break;
            case 'h' or 'l' when parameters is "?1": // the runtime's, when it first reads the terminal: how the arrow keys answer
                break;
            default:
                throw new InvalidOperationException($"This screen does not know ESC {sequence[1..]}.");
        }
    }

    private void Write(string letter)
    {
        var width = TextWidth.Of(letter);
        if (_column + width > columns)
        {
            Wraps++;
            _column = 0;
            NextLine();
        }

        if (width == 0)
            return;
        _lines[_top + _row][_column] = (letter, _style);
        if (width == 2)
            _lines[_top + _row][_column + 1] = ("", _style);
        _column += width;
    }

    private void NextLine()
    {
        if (_row < rows - 1)
            _row++;
        else
            _top++;
        while (_lines.Count <= _top + _row)
            _lines.Add(Blank(columns));
    }

    private void Erase(int row, int from)
    {
        for (var column = from; column < columns; column++)
            _lines[_top + row][column] = (" ", Plain);
    }
}
