namespace Imgsync.Cli.Display.Live;

/// <summary>What is drawn at the end of a terminal while it goes on.</summary>
internal abstract class LiveBoard
{
    private string? _notice;

    /// <summary>What stands below all else.</summary>
    public string? Said
    {
        get
        {
            lock (Gate)
                return _notice;
        }
    }

    /// <summary>Held while anything of the board is read or changed.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>Stands below all else from now on.</summary>
    public void Notice(string sentence)
    {
        lock (Gate)
            _notice = sentence;
    }

    /// <summary>At most <paramref name="height"/> lines of at most <paramref name="width"/> columns.</summary>
    public abstract IReadOnlyList<(string Text, Tone Tone)> Render(int width, int height, TimeSpan now);

    protected IEnumerable<(string Text, Tone Tone)> NoticeLines(int width) =>
        _notice is null ? [] : TableLayout.Wrapped(_notice, width).Select(line => (line, Tone.Warning));
}
