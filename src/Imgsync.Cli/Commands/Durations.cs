using System.Globalization;
using System.Text.RegularExpressions;

namespace Imgsync.Cli.Commands;

/// <summary>Durations as options have them, and as a glance wants them.</summary>
internal static partial class Durations
{
    /// <summary><c>26h</c>, <c>90 min</c>, <c>2d</c>; null for what is none.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (Shape().Match(text.Trim()) is not { Success: true } match
            || !double.TryParse(
                match.Groups["count"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
            return null;

        var unit = match.Groups["unit"].Value switch
        {
            "s" => TimeSpan.FromSeconds(1),
            "m" or "min" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "w" => TimeSpan.FromDays(7),
            _ => TimeSpan.FromDays(1),
        };
        return count > 0 && count * unit.TotalDays < 36500 ? unit * count : null;
    }

    /// <summary>In its largest unit: <c>3 h</c>, <c>12 d</c>.</summary>
    public static string Rough(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => $"{Whole(time.TotalDays)} d",
        { TotalHours: >= 2 } => $"{Whole(time.TotalHours)} h",
        _ => $"{Whole(time.TotalMinutes)} min",
    };

    private static string Whole(double number) => ((long)number).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A(?<count>[0-9]{1,9}(?:\.[0-9]{1,9})?) ?(?<unit>s|m|min|h|d|w)\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Shape();
}
