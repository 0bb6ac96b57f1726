using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Imgsync.Core.Upstream;

/// <summary>A publisher's own count of an image, in whatever form: <c>20240717-1811</c>, <c>9.8-20260526.0</c>, <c>4593.2.5</c>,
/// <c>15.1-RELEASE</c>. Its runs of digits are compared in order, each as a number: as text, build 999 would be newer than build 1000.
/// What stands between them says nothing of the order, and a part that is missing is zero: <c>20240605</c> is <c>20240605.0</c>.</summary>
public readonly partial struct Revision : IComparable<Revision>, IEquatable<Revision>
{
    /// <summary>No publisher counts its images from before.</summary>
    private const int FirstYear = 2000;

    private readonly string? _text;

    private Revision(string text, DateOnly? date)
    {
        _text = text;
        Date = date;
    }

    /// <summary>The day in it, <c>20260526</c>; null where the publisher does not count by days.</summary>
    public DateOnly? Date { get; }

    public static bool operator ==(Revision left, Revision right) => left.Equals(right);

    public static bool operator !=(Revision left, Revision right) => !left.Equals(right);

    public static bool operator <(Revision left, Revision right) => left.CompareTo(right) < 0;

    public static bool operator >(Revision left, Revision right) => left.CompareTo(right) > 0;

    public static bool operator <=(Revision left, Revision right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Revision left, Revision right) => left.CompareTo(right) >= 0;

    /// <summary>Reads letters, digits, dots, hyphens and underscores with a digit among them, 64 characters at most.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Revision revision)
    {
        revision = default;
        if (text is null || !Shape().IsMatch(text))
            return false;

        revision = new Revision(text, Numbers(text).Select(DayOf).FirstOrDefault(day => day is not null));
        return true;
    }

    /// <summary>Reads what counts days, and builds of a day perhaps: <c>20240717-1811</c>, <c>20240605.1</c> or <c>20240921</c>.</summary>
    public static bool TryParseDay([NotNullWhen(true)] string? text, out Revision revision)
    {
        if (TryParse(text, out revision) && revision.Date is not null && DayShape().IsMatch(text))
            return true;

        revision = default;
        return false;
    }

    public int CompareTo(Revision other)
    {
        var (left, right) = (Parts(), other.Parts());
        for (var place = 0; place < Math.Max(left.Count, right.Count); place++)
        {
            var order = left.ElementAtOrDefault(place).CompareTo(right.ElementAtOrDefault(place));
            if (order != 0)
                return order;
        }

        return 0;
    }

    /// <summary>Whether both have the same place in the order, however they are written.</summary>
    public bool Equals(Revision other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => obj is Revision other && Equals(other);

    public override int GetHashCode() =>
        Enumerable.Reverse(Parts()).SkipWhile(part => part.IsZero).Aggregate(0, (hash, part) => HashCode.Combine(hash, part));

    public override string ToString() => _text ?? "";

    private List<BigInteger> Parts() =>
        [.. Numbers(_text ?? "").Select(number => BigInteger.Parse(number, CultureInfo.InvariantCulture))];

    private static IEnumerable<string> Numbers(string text) => Digits().Matches(text).Select(match => match.Value);

    private static DateOnly? DayOf(string number) =>
        DateOnly.TryParseExact(number, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year >= FirstYear
            ? day
            : null;

    // Not \d, which takes the digits of every script.
    [GeneratedRegex(@"\A(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();

    [GeneratedRegex(@"\A[0-9]{8}([.-][0-9]{1,9})?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DayShape();

    [GeneratedRegex("[0-9]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Digits();
}
