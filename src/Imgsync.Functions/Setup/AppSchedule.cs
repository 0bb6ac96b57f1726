using System.Globalization;
using Imgsync.Core;
using NCrontab;

namespace Imgsync.Functions.Setup;

/// <summary>When the timer fires: a setting that the host reads, and that we read the same way.</summary>
internal static class AppSchedule
{
    /// <returns>Null for a schedule. Of others the host only says in its own log that a function cannot be indexed, and goes on without
    /// the timer.</returns>
    public static string? Complaint(string? schedule) => schedule switch
    {
        _ when string.IsNullOrWhiteSpace(schedule) =>
            $"{AppSetup.ScheduleSetting} is not set, so no run starts by itself; set it to an NCRONTAB expression, such as 0 0 */6 * * *.",
        _ when Every(schedule) is null && Crontab(schedule) is null =>
            $"{AppSetup.ScheduleSetting} is \"{schedule.Shortened()}\", which is no NCRONTAB expression, so no run starts by itself; "
                + "six fields from seconds to day of the week are one, such as 0 0 */6 * * *.",
        _ => null,
    };

    /// <summary>When the timer fires next, UTC; null where it never does.</summary>
    public static DateTimeOffset? FindNext(string schedule, DateTimeOffset after) => (Every(schedule), Crontab(schedule)) switch
    {
        ({ } every, _) => after + every,
        (_, { } crontab) when crontab.GetNextOccurrence(after.UtcDateTime) is var next && next < DateTime.MaxValue.Date =>
            new DateTimeOffset(next, TimeSpan.Zero),
        _ => null,
    };

    private static TimeSpan? Every(string schedule) =>
        TimeSpan.TryParse(schedule, CultureInfo.InvariantCulture, out var every) ? every : null;

    /// <summary>As the host reads it: with seconds where it has six fields.</summary>
    private static CrontabSchedule? Crontab(string schedule)
    {
        var fields = schedule.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return CrontabSchedule.TryParse(schedule, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 });
    }
}
