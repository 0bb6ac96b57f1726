using System.Globalization;
using System.Text;

namespace Imgsync.Core;

/// <summary>Text that somebody else wrote, before a person or a log gets to see it:
/// publishers, mirrors and Glance's users may mean harm.</summary>
public static class ForeignText
{
    /// <summary>The text on one line, without anything that a terminal obeys, that turns the direction of writing, or that a log's
    /// reader takes for the next entry. Each such character shows as <c>�</c>.</summary>
    public static string OnOneLine(this string text)
    {
        if (IsHarmless(text))
            return text;

        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            shown.Append(IsHarmless(rune) ? rune : Rune.ReplacementChar);
        return shown.ToString();
    }

    /// <summary>The text's beginning, where all of it could be as long as its author likes.</summary>
    public static string Shortened(this string text, int longest = 200) =>
        text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest), "…");

    private static bool IsHarmless(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            // Half of a surrogate pair is enumerated as a replacement character.
            if (!IsHarmless(rune) || rune == Rune.ReplacementChar)
                return false;
        }

        return true;
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
