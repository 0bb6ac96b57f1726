using System.Globalization;
using Imgsync.Core.Runs;
using Imgsync.Core.Telemetry;

namespace Imgsync.Core.Reporting.Page;

/// <summary>How things stand, as one HTML page that needs nothing else: the same for a browser, a phone and a screen reader, complete
/// without its script, which only filters and sorts.</summary>
public static class StatusPage
{
    public const string ContentType = "text/html; charset=utf-8";

    private const int ListedRuns = 20;

    /// <param name="plan">The newest report, which tells what the next run would do if it is a dry one; null for none.</param>
    /// <param name="version">The program's.</param>
    public static string Of(Figures figures, SyncReport? plan, string version)
    {
        var page = new Html();
        page.Tag("html", [("lang", "en")], () =>
        {
            page.Tag("head", [], () =>
            {
                page.Tag("meta", [("charset", "utf-8")]);
                page.Tag("meta", [("http-equiv", "Content-Security-Policy"), ("content", PageAssets.Policy)]);
                page.Tag("meta", [("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
                page.Tag("meta", [("name", "referrer"), ("content", "no-referrer")]);
                page.Tag("title", [], $"Imgsync: {Headline(figures)}");
                page.Constant("style", PageAssets.Style);
            });
            page.Tag("body", [], () =>
            {
                page.Tag("header", [], () => Summary(page, figures));
                page.Tag("main", [], () =>
                {
                    Wrong(page, figures);
                    StatusMatrix.Write(page, figures);
                    Charts.Ages(page, figures);
                    Plan(page, figures, plan);
                    Runs(page, figures.Runs);
                });
                page.Tag("footer", [], () => page.Tag(
                    "p", [("class", "dim")], $"Made by imgsync {version} at {PageWords.Moment(figures.At)} from the reports of its runs."));
                page.Constant("script", PageAssets.Script);
            });
        });
        return page.ToString();
    }

    private static string Headline(Figures figures)
    {
        var wrong = figures.Images.Count(image => image.Standing.Wrong is not null);
        return figures.Images.Count == 0 ? "nothing is known yet"
            : wrong == 0 ? Count(figures.Images.Count, "image") + ", nothing is wrong"
            : $"{wrong} of {Count(figures.Images.Count, "image")} {(wrong == 1 ? "is" : "are")} not in order";
    }

    private static string Count(int number, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {thing}{(number == 1 ? "" : "s")}");

    private static void Summary(Html page, Figures figures)
    {
        page.Tag("h1", [], "Imgsync");
        page.Tag("p", [], Headline(figures) + ".");
        page.Tag("ul", [("class", "tiles")], () =>
        {
            foreach (var state in PageWords.States)
            {
                var count = figures.Images.Count(image => image.Standing.State == state);
                if (count > 0 || state is ImageStanding.UpToDate)
                    Tile(state, count.ToString(CultureInfo.InvariantCulture), count > 0 ? PageWords.Tone(state) : "dim");
            }

            if (figures.Runs is [var last, ..])
                Tile($"since the last run ({PageWords.Kind(last)})", PageWords.Age(figures.At - last.FinishedAt), "");
            if (figures.Runs.FirstOrDefault(run => run.Succeeded && run.Complete) is { } good)
                Tile("since the last good run", PageWords.Age(figures.At - good.FinishedAt), "");
        });

        void Tile(string label, string number, string tone) => page.Tag(
            "li", [], () => page.Tag("b", [("class", $"{tone}")], number).Tag("span", [], label));
    }

    private static void Wrong(Html page, Figures figures)
    {
        var failed = figures.Images.Where(image => image.Standing.Wrong is not null).ToList();
        var worth = figures.Images.Where(image => image.Standing is { Wrong: null, Warning: not null }).ToList();
        if (failed.Count > 0 || figures.CleanUpFailures > 0)
        {
            page.Tag("h2", [], "What is wrong");
            page.Tag("ul", [("class", "wrong")], () =>
            {
                foreach (var image in failed)
                    page.Tag("li", [], () => Sentence(image, image.Standing.Wrong!.Reason, Spell(image.Standing.Wrong!)));
                if (figures.CleanUpFailures > 0)
                    page.Tag("li", [], $"Clean-up was left out in {Count(figures.CleanUpFailures, "cloud")} by the last complete run.");
            });
        }

        if (worth.Count > 0)
        {
            page.Tag("details", failed.Count == 0 && worth.Count <= 5 ? [("open", "")] : [], () =>
            {
                page.Tag("summary", [], $"{Count(worth.Count, "image")} worth a look");
                page.Tag("ul", [("class", "wrong")], () =>
                {
                    foreach (var image in worth)
                        page.Tag("li", [("class", "worth")], () => Sentence(image, image.Standing.Warning!, ""));
                });
            });
        }

        void Sentence(ImageFigures image, string sentence, string when) => page
            .Tag("strong", [], $"{image.Standing.Distribution} for {image.Standing.Cloud}")
            .Text($" {when}")
            .Tag("p", [], sentence);

        string Spell(Problem wrong) => wrong.Since == wrong.At
            ? $"{PageWords.Age(figures.At - wrong.At)} ago"
            : $"{PageWords.Age(figures.At - wrong.At)} ago again, first {PageWords.Age(figures.At - wrong.Since)} ago";
    }

    private static void Plan(Html page, Figures figures, SyncReport? plan)
    {
        page.Tag("h2", [], "What the next run would do");
        if (plan is not { DryRun: true })
        {
            page.Tag("p", [], figures.Runs is [] ? "No run has ended yet; imgsync plan tells what the first one would do."
                : "The last run has done what there was to do. imgsync plan or a dry run asks the publishers again.");
            return;
        }

        var actions = plan.Outcomes.SelectMany(outcome => outcome.Actions).Concat(plan.Pruning.Actions)
            .Where(action => action.Result is ActionResult.Planned).ToList();
        var found = actions.Count == 0 ? "nothing" : Count(actions.Count, "action");
        page.Tag("p", [], $"As the dry run of {PageWords.Moment(plan.FinishedAt)} found: {found}.");
        if (actions.Count == 0)
            return;
        PageTable.Write(
            page, "plan", "Planned actions", ["action", "distribution", "cloud", "image", "why"],
            actions.Select(action => (string[])
            [
                Word.Of(action.Kind),
                action.Distribution,
                action.Cloud,
                action.ImageName,
                action.Reason,
            ]));
    }

    private static void Runs(Html page, IReadOnlyList<PastRun> runs)
    {
        page.Tag("h2", [], "Runs");
        if (runs is [])
        {
            page.Tag("p", [], "No run has ended yet.");
            return;
        }

        Charts.Runs(page, runs);
        PageTable.Write(
            page, "runs", $"The last {Math.Min(runs.Count, ListedRuns)} runs", ["run", "ended", "took", "kind", "what came of it", "moved"],
            runs.Take(ListedRuns).Select(run => (string[])
            [
                run.Run.ToString(),
                PageWords.Moment(run.FinishedAt),
                PageWords.Duration(run.FinishedAt - run.StartedAt),
                PageWords.Kind(run),
                string.Join(", ", run.Outcomes.OrderBy(count => count.Key).Select(count => $"{count.Value} {TelemetryNames.Of(count.Key)}")
                    .Concat(run.Removed == 0 ? [] : [$"{run.Removed} removed"]).DefaultIfEmpty("nothing")),
                PageWords.Bytes(run.Bytes),
            ]));
    }
}
