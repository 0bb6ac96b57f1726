namespace Imgsync.Cli.Display.Live;

/// <summary>What is drawn at the end of a terminal while it goes on.</summary>
internal interface ILiveBoard
{
    /// <summary>What stands below all else.</summary>
    string? Said { get; }

    /// <summary>Stands below all else from now on.</summary>
    void Notice(string sentence);

    /// <summary>At most <paramref name="height"/> lines of at most <paramref name="width"/> columns.</summary>
    IReadOnlyList<(string Text, Tone Tone)> Render(int width, int height, TimeSpan now);
}
