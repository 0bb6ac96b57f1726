using System.Text.Json.Serialization;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Notify;

/// <summary>What a run found or did that is worth a message: how its report differs from what was known before.</summary>
/// <param name="Installation">Whose run it was.</param>
/// <param name="Items">Failures that go on are among them, so that each receiver can be reminded as often as it wants.</param>
public sealed record RunNews(
    RunId Run, string Installation, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, IReadOnlyList<NewsItem> Items)
{
    /// <summary>A message that a person asked for, to see whether it arrives.</summary>
    public bool IsSample { get; init; }

    /// <summary>Dry runs tell nothing, and neither does what a cancelled run did not come to.</summary>
    /// <param name="before">How everything stood before this run.</param>
    public static RunNews Of(Standing before, SyncReport report, string installation) => new(
        report.Run, installation, report.StartedAt, report.FinishedAt,
        report.DryRun ? [] : [.. Images(before, report), .. CleanUp(before, report), .. Begun(before)]);

    /// <summary>A run that could not begin, or has no report.</summary>
    /// <param name="failure">What kind of failure it was, to count by.</param>
    public static RunNews OfUnplanned(
        Standing before, RunId run, DateTimeOffset at, string failure, string reason, string installation)
    {
        var known = before.Unplanned;
        return new RunNews(run, installation, at, at,
        [
            new NewsItem
            {
                Occasion = Occasion.Failure,
                Failure = failure,
                Reason = reason,
                Since = known?.Since ?? at,
                Before = known?.Failure == failure ? known.At : null,
            },
        ]);
    }

    /// <summary>What a receiver is told of it; nothing is sent where that is nothing.</summary>
    public IReadOnlyList<NewsItem> For(NotifyOptions receiver) => IsSample
        ? Items
        : [.. Items.Where(item => receiver.On.Contains(item.Occasion) && item.IsDue(FinishedAt, receiver.Remind))];

    private static IEnumerable<NewsItem> Images(Standing before, SyncReport report)
    {
        var known = before.Images.ToDictionary(image => (image.Distribution, image.Cloud));
        foreach (var outcome in report.Outcomes.Where(outcome => outcome is { IsCancelled: false, Cloud: not "" }))
        {
            var wrong = known.GetValueOrDefault((outcome.Distribution, outcome.Cloud))?.Wrong;
            var found = wrong is null ? null : LastFound(wrong, before);
            var item = new NewsItem
            {
                Distribution = outcome.Distribution,
                Cloud = outcome.Cloud,
                Revision = outcome.Revision,
                ImageName = outcome.ImageName,
                ImageId = outcome.ImageId,
                Reason = outcome.Reason,
                Occasion = Occasion.Published,
            };
            if (!outcome.IsGood)
                yield return item with
                {
                    Occasion = outcome.Kind is OutcomeKind.Refused ? Occasion.RefusedRollback : Occasion.Failure,
                    Failure = outcome.Failure,
                    Since = found is null ? report.FinishedAt : wrong!.Since,
                    Before = wrong?.Failure == outcome.Failure && wrong?.Kind == outcome.Kind ? found : null,
                };
            else if (found is not null)
                yield return item with { Occasion = Occasion.Recovery, Since = wrong!.Since };
            if (outcome.Kind is OutcomeKind.Published)
                yield return item;
        }
    }

    /// <summary>When a run that tells something last found this; null where only dry runs have, which tell nobody.</summary>
    private static DateTimeOffset? LastFound(Problem wrong, Standing before)
    {
        var last = before.Runs.FirstOrDefault(run => run.Run == wrong.Run);
        if (last is not { DryRun: true })
            return wrong.At;

        // A complete run in between has met the image, too.
        var told = before.Runs.Where(run => run is { DryRun: false, Complete: true, Cancelled: false })
            .FirstOrDefault(run => run.FinishedAt >= wrong.Since && run.FinishedAt <= wrong.At);
        return told?.FinishedAt;
    }

    private static IEnumerable<NewsItem> Begun(Standing before)
    {
        if (before.Unplanned is { } known)
            yield return new NewsItem
            {
                Occasion = Occasion.Recovery,
                Failure = known.Failure,
                Since = known.Since,
                Reason = "Runs do their work again.",
            };
    }

    /// <summary>Which clouds were not cleaned up has no standing of its own, so it is told once.</summary>
    private static IEnumerable<NewsItem> CleanUp(Standing before, SyncReport report)
    {
        foreach (var failure in report.Pruning.Failures.Except(before.CleanUpFailures, StringComparer.Ordinal))
            yield return new NewsItem { Occasion = Occasion.Failure, Reason = failure, Since = report.FinishedAt };
        if (report is { Complete: true, Cancelled: false, Pruning.Failures: [] } && before.CleanUpFailures is not [])
            yield return new NewsItem { Occasion = Occasion.Recovery, Reason = "Every cloud was cleaned up." };
    }
}

/// <summary>One thing to tell.</summary>
public sealed record NewsItem
{
    public required Occasion Occasion { get; init; }

    /// <summary>Null where it is about the clean-up of a run, or the run as a whole.</summary>
    public string? Distribution { get; init; }

    public string? Cloud { get; init; }

    public string? Revision { get; init; }

    public string? ImageName { get; init; }

    public string? ImageId { get; init; }

    /// <summary>What kind of failure it is, to count by.</summary>
    public string? Failure { get; init; }

    /// <summary>One sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when it fails, or had failed.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When a run last found the same; null for what is new.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>It is about the run as a whole: of the clean-up no kind of failure is known.</summary>
    [JsonIgnore]
    public bool IsOfRun => Distribution is null && Failure is not null;

    /// <summary>A failure that goes on is due once in each <paramref name="remind"/> after it began.</summary>
    public bool IsDue(DateTimeOffset now, TimeSpan remind) =>
        Before is not { } before || Since is not { } since
        || (remind > TimeSpan.Zero && (now - since).Ticks / remind.Ticks > (before - since).Ticks / remind.Ticks);
}

/// <summary>Read and written in every run that has something to tell, so by generated code.</summary>
[JsonSerializable(typeof(RunNews))]
internal sealed partial class NewsJson : JsonSerializerContext;
