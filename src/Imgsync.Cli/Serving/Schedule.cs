using Cronos;
using Imgsync.Core;
using Imgsync.Core.Configuration;

namespace Imgsync.Cli.Serving;

/// <summary>When runs start: a cron expression in UTC, and by chance a little later.</summary>
internal sealed class Schedule(CronExpression expression, TimeSpan jitter)
{
    /// <exception cref="ConfigurationException">No cron expression, or one that names no day that ever comes.</exception>
    public static Schedule Of(ServeOptions options, DateTimeOffset now)
    {
        try
        {
            var schedule = new Schedule(Parse(options.Schedule.Trim()), options.Jitter);
            if (schedule.FindNext(now) is not null)
                return schedule;
        }
        catch (CronFormatException)
        {
            throw new ConfigurationException(
                $"serve.schedule is '{options.Schedule.Shortened()}', which is no cron expression: give minute, hour, day of the month, "
                    + "month and day of the week, such as 15 3 * * *.");
        }

        throw new ConfigurationException($"serve.schedule is '{options.Schedule.Shortened()}', a day that never comes.");
    }

    /// <summary>The first start after this moment, without what chance adds; null where there is none.</summary>
    public DateTimeOffset? FindNext(DateTimeOffset after) =>
        expression.GetNextOccurrence(after.UtcDateTime) is { } next ? new DateTimeOffset(next) : null;

    /// <summary>How much later than the schedule says.</summary>
    public TimeSpan Chance(Random random) => jitter * random.NextDouble();

    private static CronExpression Parse(string text)
    {
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return CronExpression.Parse(text, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
    }
}
