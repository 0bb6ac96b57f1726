using System.Globalization;

namespace Imgsync.Cli.Display;

/// <summary>Bytes and times in as few letters as are read at a glance. Whole sizes of settings are written by Core's Quantity.</summary>
internal static class Amounts
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary><c>1.4 GiB</c>, <c>12 MiB</c>: two digits or more, three at most.</summary>
    public static string Bytes(double bytes)
    {
        var power = 0;
        for (; bytes >= 999.5 && power < Units.Length - 1; power++)
            bytes /= 1024;
        return $"{bytes.ToString(bytes < 9.95 && power > 0 ? "0.0" : "0", CultureInfo.InvariantCulture)} {Units[power]}";
    }

    /// <summary><c>0:07</c>, <c>12:30</c>, <c>1:02:03</c></summary>
    public static string Clock(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:d2}:{time.Seconds:d2}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:d2}");
}
