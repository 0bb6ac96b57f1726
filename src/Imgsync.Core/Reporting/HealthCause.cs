namespace Imgsync.Core.Reporting;

/// <summary>Why an installation is not healthy, in a word that anybody may read: it names no image, no cloud and no setting.</summary>
public static class HealthCause
{
    /// <summary>The settings cannot be used, or some of them do not count.</summary>
    public const string Settings = "settings";

    public const string NoCloud = "no-cloud";

    public const string ScheduleMissing = "schedule-missing";

    public const string ScheduleWrong = "schedule-wrong";

    /// <summary>The reports cannot be read.</summary>
    public const string Storage = "storage";

    /// <summary>The last run failed.</summary>
    public const string LastRun = "last-run";

    /// <summary>Two starts of the schedule have passed since the last good run, and the time that it took.</summary>
    public const string NoGoodRun = "no-good-run";

    /// <summary>An image is older than its maxAge.</summary>
    public const string ImageTooOld = "image-too-old";

    /// <summary>What the stored reports say.</summary>
    /// <param name="next">The schedule's next start after a moment; null where there is none.</param>
    /// <param name="since">Since when runs could have been started, where none has ever begun.</param>
    /// <param name="partialWillDo">The schedule's runs are asked for some of the settings only.</param>
    /// <returns>Null for a healthy one.</returns>
    public static string? Of(
        Figures figures, Func<DateTimeOffset, DateTimeOffset?> next, DateTimeOffset since, bool partialWillDo = false)
    {
        var good = figures.Runs.FirstOrDefault(run => run.Succeeded && (run.Complete || partialWillDo));
        var from = good?.FinishedAt ?? figures.Runs.LastOrDefault(run => !run.DryRun)?.StartedAt ?? since;
        var took = good is null ? TimeSpan.Zero : good.FinishedAt - good.StartedAt;
        return next(from) is { } first && next(first) is { } second && figures.At > second + took ? NoGoodRun
            : figures.Images.Any(image => image.IsTooOld(figures.At)) ? ImageTooOld
            : null;
    }
}
