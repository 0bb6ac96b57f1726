namespace Imgsync.Cli.Display;

/// <summary>Colours, by the escape sequences that every terminal of today understands (ECMA-48, SGR).</summary>
internal static class Paint
{
    private const string Reset = "\e[0m";

    public static string In(this string text, Tone tone, bool isColoured) => !isColoured || text is "" ? text : tone switch
    {
        Tone.Good => $"\e[32m{text}{Reset}",
        Tone.Bad => $"\e[1;31m{text}{Reset}",
        Tone.Warning => $"\e[33m{text}{Reset}",
        Tone.Faint => $"\e[2m{text}{Reset}",
        Tone.Strong => $"\e[1m{text}{Reset}",
        _ => text,
    };
}

/// <summary>What a text is, for its colour.</summary>
internal enum Tone
{
    Plain,
    Good,
    Bad,
    Warning,
    Faint,
    Strong,
}
