using Imgsync.Core.Catalog;
using Imgsync.Core.Runs;
using Imgsync.Core.Upstream;

namespace Imgsync.Core.Reporting;

/// <summary>What a monitor asks of one distribution in one cloud.</summary>
/// <param name="Standing">What runs have found.</param>
/// <param name="Built">The day in the revision that stands; null where there is none.</param>
/// <param name="MaxAge">How old it may be; null for any age.</param>
/// <param name="EndOfSupport">The last day of the publisher's support; null where none is known.</param>
public sealed record ImageFigures(ImageStanding Standing, DateOnly? Built, TimeSpan? MaxAge, DateOnly? EndOfSupport)
{
    /// <summary>The start of the day in the revision, UTC.</summary>
    public DateTimeOffset? BuiltAt => Built is { } day ? Start(day) : null;

    /// <summary>From then on the publisher supports it no more, UTC.</summary>
    public DateTimeOffset? SupportedUntil => EndOfSupport is { } day ? Start(day.AddDays(1)) : null;

    public TimeSpan? Age(DateTimeOffset now) => now - BuiltAt;

    public bool IsTooOld(DateTimeOffset now) => Age(now) > MaxAge;

    /// <param name="wanted">What is to be kept current; null where the settings do not say.</param>
    public static IReadOnlyList<ImageFigures> Of(
        Standing standing, IReadOnlyList<PlannedDistribution>? wanted, DistributionCatalog catalog) =>
        [.. standing.Of(wanted).Select(image => Of(image, catalog.TryGet(image.Distribution, out var found) ? found : null))];

    private static ImageFigures Of(ImageStanding image, DistributionSpec? distribution) => new(
        image,
        Revision.TryParse(image.Revision, out var revision) ? revision.Date : null,
        distribution?.MaxAge,
        distribution?.EndOfSupport);

    private static DateTimeOffset Start(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}

/// <summary>Reads the figures from the stored reports.</summary>
public sealed class FigureReader(ReportStore reports, RunPlanner planner, DistributionCatalog catalog, TimeProvider time)
{
    public async Task<Figures> ReadAsync(CancellationToken cancellationToken)
    {
        var standing = await reports.StandingAsync(cancellationToken);
        return new Figures(
            time.GetUtcNow(), ImageFigures.Of(standing, planner.Wanted(), catalog), standing.Runs, standing.CleanUpFailures.Count);
    }
}

/// <summary>How things stand, in numbers.</summary>
/// <param name="At">When they were read.</param>
/// <param name="Runs">Newest first.</param>
/// <param name="CleanUpFailures">In how many clouds clean-up was left out.</param>
public sealed record Figures(
    DateTimeOffset At, IReadOnlyList<ImageFigures> Images, IReadOnlyList<PastRun> Runs, int CleanUpFailures);
