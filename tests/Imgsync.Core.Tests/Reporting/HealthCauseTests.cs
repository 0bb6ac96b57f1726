using Imgsync.Core.Reporting;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Tests.Reporting;

/// <summary>When an installation counts as unwell, by its schedule and its reports.</summary>
public sealed class HealthCauseTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 7, 17, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Every six hours; the good run began at midnight and took an hour.</summary>
    [Theory]
    [InlineData(12.9, "good", null)]
    [InlineData(13.1, "good", HealthCause.NoGoodRun)]
    [InlineData(13.1, "good failed", HealthCause.NoGoodRun)]
    [InlineData(13.1, "good dry", HealthCause.NoGoodRun)]
    [InlineData(13.1, "good partial", HealthCause.NoGoodRun)]
    [InlineData(13.1, "good stopped", HealthCause.NoGoodRun)]
    [InlineData(13.1, "good good", null)]
    [InlineData(11.9, "failed", null)]
    [InlineData(12.1, "failed", HealthCause.NoGoodRun)]
    [InlineData(23.9, "", null)]
    [InlineData(24.1, "", HealthCause.NoGoodRun)]
    public void Twice_the_schedule_without_a_good_run_is_too_long(double hours, string runs, string? cause)
    {
        var past = runs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((kind, place) => Run(kind, place)).Reverse();
        var figures = new Figures(Midnight.AddHours(hours), [], [.. past], 0);

        Assert.Equal(cause, HealthCause.Of(figures, EverySixHours, since: Midnight.AddHours(12)));
    }

    [Fact]
    public void What_a_schedule_asks_for_in_part_is_good_where_that_is_all_it_asks_for() => Assert.Null(
        HealthCause.Of(new Figures(Midnight.AddHours(1.1), [], [Run("partial", 0)], 0), EverySixHours, Midnight, partialWillDo: true));

    [Theory]
    [InlineData(30, null)]
    [InlineData(31, HealthCause.ImageTooOld)]
    public void An_image_over_its_age_is_told(int days, string? cause)
    {
        var image = new ImageStanding { Distribution = "debian12", Cloud = "lyon" };
        var built = DateOnly.FromDateTime(Midnight.UtcDateTime).AddDays(-days);
        var figures = new Figures(Midnight, [new ImageFigures(image, built, TimeSpan.FromDays(30), null)], [], 0);

        Assert.Equal(cause, HealthCause.Of(figures, EverySixHours, Midnight));
    }

    private static DateTimeOffset? EverySixHours(DateTimeOffset after) => Midnight.AddHours(6 * (Math.Floor((after - Midnight).TotalHours / 6) + 1));

    /// <summary>The first at midnight, the next six hours later.</summary>
    private static PastRun Run(string kind, int place) => new(
        RunId.Parse($"run{place}"), Midnight.AddHours(6 * place), Midnight.AddHours((6 * place) + 1), DryRun: kind is "dry",
        Complete: kind is not "partial", Cancelled: kind is "stopped", IsGood: kind is not "failed",
        new Dictionary<OutcomeKind, int>(), Removed: 0, Bytes: 0);
}
