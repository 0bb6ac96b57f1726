using System.Globalization;
using System.Text;

namespace Imgsync.Cli.Display;

/// <summary>How many columns of a terminal a text takes: Chinese, Japanese and Korean characters and pictures take two, marks that
/// combine with the character before them none (Unicode Standard Annex 11). Text from elsewhere must not make our lines wrap.</summary>
internal static class TextWidth
{
    private const string Ellipsis = "…";

    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
        (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    public static int Of(string text)
    {
        var columns = 0;
        foreach (var rune in text.EnumerateRunes())
            columns += Of(rune);
        return columns;
    }

    /// <summary>As much of the text as fits, with an ellipsis where something is missing.</summary>
    public static string Fit(string text, int columns)
    {
        if (Of(text) <= columns)
            return text;

        return columns < 1 ? "" : Beginning(text, columns - 1) + Ellipsis;
    }

    /// <summary>The longest beginning that takes no more columns.</summary>
    public static string Beginning(string text, int columns)
    {
        var (end, used) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            used += Of(rune);
            if (used > columns)
                break;
            end += rune.Utf16SequenceLength;
        }

        return text[..end];
    }

    public static string PadRight(string text, int columns) => text + new string(' ', Math.Max(0, columns - Of(text)));

    public static string PadLeft(string text, int columns) => new string(' ', Math.Max(0, columns - Of(text))) + text;

    private static int Of(Rune rune)
    {
        if (rune.IsAscii)
            return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        return IsWide(rune.Value) ? 2 : 1;
    }

    private static bool IsWide(int value)
    {
        foreach (var (first, last) in Wide)
        {
            if (value >= first && value <= last)
                return true;
        }

        return false;
    }
}
