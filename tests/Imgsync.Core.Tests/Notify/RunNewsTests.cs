using Imgsync.Core.Configuration;
using Imgsync.Core.Notify;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Tests.Notify;

/// <summary>What of a run is worth a message, after what is known already.</summary>
public sealed class RunNewsTests
{
    private static readonly DateTimeOffset Start = new(2024, 7, 17, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Runs every six hours, the last of which tells: <c>+</c> published, <c>=</c> up to date, <c>x</c> failed, <c>y</c> failed
    /// of something else, <c>r</c> refused, <c>c</c> cancelled; with <c>?</c> behind it a dry run, with <c>~</c> a partial one.</summary>
    [Theory]
    [InlineData("+", "published")]
    [InlineData("=", "")]
    [InlineData("x", "failure")]
    [InlineData("r", "refused-rollback")]
    [InlineData("c", "")]
    [InlineData("= x", "failure")]
    [InlineData("x x", "")]
    [InlineData("x y", "failure")]
    [InlineData("x r", "refused-rollback")]
    [InlineData("r r", "")]
    [InlineData("x x x x", "")]
    [InlineData("x x x x x", "failure again")]
    [InlineData("x x x x x x", "")]
    [InlineData("x x x x x x x x x", "failure again")]
    [InlineData("r r r r r", "refused-rollback again")]
    [InlineData("x =", "recovery")]
    [InlineData("x +", "recovery published")]
    [InlineData("r =", "recovery")]
    [InlineData("x = =", "")]
    [InlineData("x c", "")]
    [InlineData("x c x", "")]
    [InlineData("x c =", "recovery")]
    [InlineData("x = x", "failure")]
    [InlineData("x?", "")]
    [InlineData("+?", "")]
    [InlineData("x =?", "")]
    [InlineData("x? x", "failure")]
    [InlineData("x? =", "")]
    [InlineData("x x? x", "")]
    [InlineData("x x? =", "recovery")]
    [InlineData("x~ x", "")]
    [InlineData("x~ =~", "recovery")]
    public void It_is_what_a_person_has_not_been_told_yet(string runs, string told) => Assert.Equal(told, Told(runs, new NotifyOptions()));

    [Theory]
    [InlineData("x x", "7h", "")]
    [InlineData("x x x", "7h", "failure again")]
    [InlineData("x x", "0", "")]
    [InlineData("x x x x x", "0", "")]
    public void A_receiver_is_reminded_as_often_as_it_wants(string runs, string remind, string told) => Assert.Equal(
        told, Told(runs, new NotifyOptions { Remind = (TimeSpan)SettingText.Parse(typeof(TimeSpan), remind).Value! }));

    [Theory]
    [InlineData("x", Occasion.Published, "")]
    [InlineData("x +", Occasion.Published, "published")]
    [InlineData("x +", Occasion.Recovery, "recovery")]
    public void A_receiver_is_told_what_it_asks_for(string runs, Occasion only, string told) =>
        Assert.Equal(told, Told(runs, new NotifyOptions { On = [only] }));

    [Fact]
    public void Clean_up_that_fails_is_told_once_and_when_it_works_again()
    {
        var (first, second, third) = (Run(1, "="), Run(2, "="), Run(3, "="));
        first = first with { Pruning = new PruneReport([], ["lyon: no."]) };
        second = second with { Pruning = new PruneReport([], ["lyon: no.", "nice: no."]) };

        var standings = new[] { first, second }.Aggregate(
            new List<Standing> { Standing.Unknown }, (known, report) => [.. known, known[^1].After(report)]);

        Assert.Equal("failure lyon: no.", News(standings[0], first));
        Assert.Equal("failure nice: no.", News(standings[1], second));
        Assert.Equal("recovery Every cloud was cleaned up.", News(standings[2], third));

        static string News(Standing before, SyncReport report) => string.Join(
            ' ', RunNews.Of(before, report, "a").For(new NotifyOptions())
                .Select(item => $"{Word.Of(item.Occasion)} {item.Reason}"));
    }

    [Fact]
    public void A_run_that_cannot_begin_is_told_once_again_when_its_kind_changes_or_it_is_time_and_when_one_begins()
    {
        var standing = Standing.Unknown;
        var told = new List<string>();
        foreach (var (number, kind) in new[] { "configuration", "configuration", "cloud-unavailable", "cloud-unavailable" }.Index())
            Fail(number, kind);
        Fail(number: 10, "cloud-unavailable");
        Begin(Run(11, "=?"));
        Begin(Run(12, "="));
        Begin(Run(13, "="));

        Assert.Equal(
            ["failure no: configuration", "", "failure no: cloud-unavailable", "", "failure no: cloud-unavailable", "", "recovery Runs do their work again.", ""],
            told);

        void Fail(int number, string kind)
        {
            var (run, at) = (RunId.Parse($"run{number}"), Start.AddHours(6 * number));
            told.Add(Shown(RunNews.OfUnplanned(standing, run, at, kind, $"no: {kind}", "a")));
            standing = standing.After(run, at, kind, $"no: {kind}");
        }

        void Begin(SyncReport report)
        {
            told.Add(Shown(RunNews.Of(standing, report, "a")));
            standing = standing.After(report);
        }

        static string Shown(RunNews news) =>
            string.Join(' ', news.For(new NotifyOptions()).Select(item => $"{Word.Of(item.Occasion)} {item.Reason}"));
    }

    private static string Told(string runs, NotifyOptions receiver)
    {
        var reports = runs.Split(' ').Select((what, number) => Run(number, what)).ToList();
        var before = reports.SkipLast(1).Aggregate(Standing.Unknown, (known, report) => known.After(report));

        var items = RunNews.Of(before, reports[^1], "a").For(receiver);

        return string.Join(
            ' ', items.Select(item => Word.Of(item.Occasion) + (item.Before is null ? "" : " again")));
    }

    private static SyncReport Run(int number, string what) => new(
        RunId.Parse($"run{number}"), Start.AddHours(6 * number).AddMinutes(-10), Start.AddHours(6 * number), what.EndsWith('?'),
        [
            new ImageOutcome
            {
                Distribution = "debian12",
                Cloud = "east",
                Kind = what[0] switch
                {
                    '+' => OutcomeKind.Published,
                    '=' => OutcomeKind.UpToDate,
                    'r' => OutcomeKind.Refused,
                    _ => OutcomeKind.Failed,
                },
                Failure = what[0] switch
                {
                    'x' => "cloud-unavailable",
                    'y' => "wrong-digest",
                    'r' => "refused",
                    'c' => "cancelled",
                    _ => null,
                },
                Reason = "why",
            },
        ],
        PruneReport.Nothing)
    {
        Complete = !what.EndsWith('~'),
        Cancelled = what[0] is 'c',
    };
}
