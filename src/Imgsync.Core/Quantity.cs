using System.Globalization;

namespace Imgsync.Core;

/// <summary>Durations and sizes as people write them: <c>30 s</c>, <c>1 h 30 min</c>, <c>20 GiB</c>. Settings may be written so, too.
/// </summary>
public static class Quantity
{
    private static readonly (string Unit, long Ticks)[] Durations =
    [
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("min", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
    ];

    private static readonly string[] Sizes = ["KiB", "MiB", "GiB", "TiB"];

    /// <summary>The two largest units of a duration; below a minute, tenths of a second, and below a second, milliseconds.</summary>
    public static string InWords(this TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return "-" + duration.Negate().InWords();
        if (duration == TimeSpan.Zero)
            return "0 s";
        if (duration < TimeSpan.FromSeconds(1))
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(duration.TotalMilliseconds)} ms");
        if (duration < TimeSpan.FromMinutes(1))
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.#} s");

        var largest = Array.FindIndex(Durations, unit => duration.Ticks >= unit.Ticks);
        var smaller = Durations[largest + 1];
        var (count, rest) = Math.DivRem(Rounded(duration.Ticks, smaller.Ticks), Durations[largest].Ticks);
        return string.Create(CultureInfo.InvariantCulture, $"{count} {Durations[largest].Unit}")
            + (rest == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {rest / smaller.Ticks} {smaller.Unit}"));
    }

    /// <summary>A number of bytes, in the largest binary unit of which it is a whole number.</summary>
    public static string InBytes(this long bytes)
    {
        var power = bytes is 0 ? 0 : Math.Min(long.TrailingZeroCount(bytes) / 10, Sizes.Length);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes >> (int)(10 * power)} {(power == 0 ? "bytes" : Sizes[power - 1])}");
    }

    /// <inheritdoc cref="InBytes(long)"/>
    public static string InBytes(this int bytes) => ((long)bytes).InBytes();

    private static long Rounded(long ticks, long unit) => (ticks + (unit / 2)) / unit * unit;
}
