using System.Globalization;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Reporting.Page;

/// <summary>How states, ages and amounts are said on the page.</summary>
internal static class PageWords
{
    /// <summary>The worst first.</summary>
    public static readonly IReadOnlyList<string> States =
        ["failed", "refused", "unfinished", ImageStanding.Unknown, ImageStanding.Warned, ImageStanding.UpToDate];

    /// <summary>A class of the style sheet.</summary>
    public static string Tone(string state) => state switch
    {
        ImageStanding.UpToDate => "good",
        ImageStanding.Warned or ImageStanding.Unknown => "warn",
        _ => "bad",
    };

    public static string Age(TimeSpan age) => age < TimeSpan.FromDays(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max((int)age.TotalHours, 0)} h")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays} d");

    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    public static string Duration(TimeSpan took) => took.TotalSeconds < 120
        ? string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.#} s")
        : string.Create(CultureInfo.InvariantCulture, $"{took.TotalMinutes:0.#} min");

    public static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");

    /// <summary><c>complete</c>, or what makes it less.</summary>
    public static string Kind(PastRun run) => string.Join(
        ", ", new[] { run.DryRun ? "dry" : "", run.Complete ? "" : "partial", run.Cancelled ? "cancelled" : "" }
            .Where(word => word is not "").DefaultIfEmpty("complete"));

    public static string Tone(PastRun run) => run.DryRun ? "dry" : run.IsGood && !run.Cancelled ? "good" : "bad";
}
