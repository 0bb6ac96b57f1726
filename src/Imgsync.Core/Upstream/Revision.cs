using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Imgsync.Core.Upstream;

/// <summary>A publisher's own count of an image: a day and a build number, <c>20240717-1811</c>, <c>20240605.1</c> or <c>20240921</c>.
/// Both are compared as numbers: as text, build 999 would be newer than build 1000.</summary>
public readonly partial record struct Revision : IComparable<Revision>
{
    private readonly string? _text;

    private Revision(string text, DateOnly date, int build)
    {
        _text = text;
        Date = date;
        Build = build;
    }

    public DateOnly Date { get; }

    /// <summary>Zero where the publisher counts only days.</summary>
    public int Build { get; }

    public static bool operator <(Revision left, Revision right) => left.CompareTo(right) < 0;

    public static bool operator >(Revision left, Revision right) => left.CompareTo(right) > 0;

    public static bool operator <=(Revision left, Revision right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Revision left, Revision right) => left.CompareTo(right) >= 0;

    public static bool TryParse([NotNullWhen(true)] string? text, out Revision revision)
    {
        revision = default;
        var match = Shape().Match(text ?? "");
        if (!match.Success
            || !DateOnly.TryParseExact(
                match.Groups["date"].ValueSpan, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return false;

        var build = match.Groups["build"] is { Success: true } digits ? int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture) : 0;
        revision = new Revision(match.Value, date, build);
        return true;
    }

    public int CompareTo(Revision other) => (Date, Build).CompareTo((other.Date, other.Build));

    public override string ToString() => _text ?? "";

    // Not \d, which takes the digits of every script; nine of them always fit an int.
    [GeneratedRegex(@"\A(?<date>[0-9]{8})([.-](?<build>[0-9]{1,9}))?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
