namespace Imgsync.Cli.Display;

/// <summary>A column of an answer, and what may be done to it where the terminal is narrow.</summary>
/// <param name="Heading">Small letters.</param>
/// <param name="Weight">The columns of the smallest weight go first; those of weight 9 never.</param>
internal sealed record Column(string Heading, int Weight = 9)
{
    /// <summary>Numbers stand below each other by their last digits.</summary>
    public bool IsNumber { get; init; }

    /// <summary>Sentences, which may go over several lines, broken between words.</summary>
    public bool IsText { get; init; }

    /// <summary>How a cell is written where not all of it has room, such as a digest by its first digits.</summary>
    public Func<string, string>? Short { get; init; }

    public Func<string, Tone>? Tone { get; init; }

    public static implicit operator Column(string heading) => new(heading);
}
