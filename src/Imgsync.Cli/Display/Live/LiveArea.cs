using System.Text;

namespace Imgsync.Cli.Display.Live;

/// <summary>The last lines of a terminal, drawn again and again. Whatever else is said while it stands goes above it.</summary>
internal sealed class LiveArea : IDisposable
{
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";
    private const string EraseRight = "\e[K";
    private const string EraseBelow = "\e[J";

    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly TextWriter _screen;
    private readonly Func<(int Columns, int Rows)> _size;
    private readonly Func<int, int, IReadOnlyList<(string Text, Tone Tone)>> _render;
    private readonly bool _isColoured;
    private readonly Timer _timer;

    /// <summary>How wide each line is that stands there now.</summary>
    private List<int> _standing = [];
    private bool _isOver;

    /// <param name="render">The lines for so many columns and rows.</param>
    public LiveArea(
        TextWriter screen,
        Func<(int Columns, int Rows)> size,
        Func<int, int, IReadOnlyList<(string Text, Tone Tone)>> render,
        bool isColoured)
    {
        (_screen, _size, _render, _isColoured) = (screen, size, render, isColoured);
        _screen.Write(HideCursor);
        Draw();
        _timer = new Timer(_ => DrawUnlessHeld(), null, Often, Often);
    }

    /// <summary>Lines that stay, above those that are drawn again.</summary>
    public void Say(string text)
    {
        lock (_lock)
        {
            _screen.Write(Erase() + text + "\n");
            _standing = [];
            Draw();
        }
    }

    /// <summary>Shows at once what has changed.</summary>
    public void Redraw() => Draw();

    /// <param name="last">Draws the lines a last time and leaves them; otherwise nothing is left.</param>
    public void End(bool last)
    {
        lock (_lock)
        {
            if (_isOver)
                return;
            if (last)
                Draw();
            else
                _screen.Write(Erase());
            _isOver = true;
            _screen.Write(ShowCursor);
            _screen.Flush();
        }
    }

    public void Dispose()
    {
        End(last: false);
        _timer.Dispose();
    }

    /// <summary>A terminal that somebody has stopped (Ctrl-S) holds up whoever writes to it: one of us is enough.</summary>
    private void DrawUnlessHeld()
    {
        if (!_lock.TryEnter())
            return;

        try
        {
            Draw();
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Draw()
    {
        lock (_lock)
        {
            if (_isOver)
                return;

            // The last column stays free: some terminals go on to the next line as soon as it is written to.
            var (columns, rows) = _size();
            var lines = _render(Math.Max(1, columns - 1), Math.Max(1, rows - 1));
            var frame = new StringBuilder(Up(columns));
            foreach (var (text, tone) in lines)
                frame.Append(text.In(tone, _isColoured)).Append(EraseRight).Append('\n');
            frame.Append(EraseBelow);
            _standing = [.. lines.Select(line => TextWidth.Of(line.Text))];
            _screen.Write(frame);
            _screen.Flush();
        }
    }

    private string Erase() => Up(_size().Columns) + EraseBelow;

    /// <summary>To the first line that stands there. A terminal that was made narrower has broken the long ones.</summary>
    private string Up(int columns)
    {
        var rows = _standing.Sum(width => Math.Max(1, (width + columns - 1) / columns));
        return rows == 0 ? "" : $"\e[{rows}F";
    }
}
