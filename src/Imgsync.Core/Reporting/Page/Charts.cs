using Imgsync.Core.Runs;

namespace Imgsync.Core.Reporting.Page;

/// <summary>The page's drawings, each with what it shows in words.</summary>
internal static class Charts
{
    private const int Oldest = 30;
    private const int Shown = 60;
    private const double Width = 900;
    private const double Row = 22;

    /// <summary>How old images are against how old they may be; those first that are nearest to it.</summary>
    public static void Ages(Html page, Figures figures)
    {
        var all = (from image in figures.Images
                   where image.BuiltAt is not null && image.MaxAge is not null
                   let aged = (Image: image, Age: image.Age(figures.At)!.Value, Most: image.MaxAge!.Value)
                   orderby aged.Age / aged.Most descending
                   select aged).ToList();
        if (all is [])
            return;

        page.Tag("h2", [], "Ages and their limits");
        var shown = all.Take(Oldest).ToList();
        var longest = shown.Max(one => Math.Max(one.Age.TotalDays, one.Most.TotalDays));
        var summary = $"{all.Count(one => one.Age > one.Most)} of {all.Count} images are older than they may be"
            + (all.Count > Oldest ? $"; shown are the {Oldest} nearest to their limits" : "") + ".";
        page.Tag("p", [], summary);
        const double Left = 300;
        Drawing(page, (shown.Count * Row) + 4, "Ages: " + summary, () =>
        {
            for (var i = 0; i < shown.Count; i++)
            {
                var (image, age, most) = shown[i];
                var (y, scale) = (i * Row, (Width - Left - 60) / longest);
                page.Tag("text", [("x", 0), ("y", y + 15)], $"{image.Standing.Distribution} {image.Standing.Cloud}".Shortened(44));
                var (end, limit) = (Left + (age.TotalDays * scale), Left + (most.TotalDays * scale));
                var tone = age > most ? "bad" : age > most * 0.8 ? "warn" : "good";
                Bar(page, tone, Left, y + 4, Math.Max(end - Left, 1), 14, $"{PageWords.Age(age)} of {PageWords.Age(most)}");
                page.Tag("line", [("class", "limit"), ("x1", limit), ("y1", y + 2), ("x2", limit), ("y2", y + 20)]);
                page.Tag("text", [("class", "dim"), ("x", Math.Max(end, limit) + 6), ("y", y + 15)], PageWords.Age(age));
            }
        });
    }

    /// <summary>When runs were, how long they took and what they moved.</summary>
    public static void Runs(Html page, IReadOnlyList<PastRun> runs)
    {
        var shown = runs.Take(Shown).Reverse().ToList();
        page.Tag("ul", [("class", "key")], () => page
            .Tag("li", [("class", "k-good")], "good")
            .Tag("li", [("class", "k-bad")], "something failed, or stopped")
            .Tag("li", [("class", "k-dry")], "dry"));
        Timeline(page, shown);
        Bars(page, shown, "Seconds that each run took", run => Took(run).TotalSeconds, run => PageWords.Duration(Took(run)));
        Bars(page, shown, "Bytes that each run moved", run => run.Bytes, run => PageWords.Bytes(run.Bytes));
    }

    private static void Timeline(Html page, List<PastRun> runs)
    {
        var (first, last) = (runs[0].StartedAt, runs[^1].FinishedAt);
        var span = Math.Max((last - first).TotalSeconds, 1);
        var label = $"Timeline of {runs.Count} runs from {PageWords.Moment(first)} to {PageWords.Moment(last)}";
        Drawing(page, 64, label, () =>
        {
            page.Tag("line", [("class", "axis"), ("x1", "0"), ("y1", "40"), ("x2", Width), ("y2", "40")]);
            foreach (var run in runs)
                Bar(
                    page, PageWords.Tone(run), (run.StartedAt - first).TotalSeconds / span * (Width - 6), 10,
                    Math.Max((run.FinishedAt - run.StartedAt).TotalSeconds / span * (Width - 6), 4), 30,
                    $"{PageWords.Moment(run.StartedAt)}, {PageWords.Kind(run)}, {PageWords.Duration(run.FinishedAt - run.StartedAt)}");
            page.Tag("text", [("class", "dim"), ("x", "0"), ("y", "58")], PageWords.Moment(first));
            page.Tag("text", [("class", "dim"), ("x", Width), ("y", "58"), ("text-anchor", "end")], PageWords.Moment(last));
        });
    }

    private static void Bars(Html page, List<PastRun> runs, string what, Func<PastRun, double> value, Func<PastRun, string> said)
    {
        var most = runs.MaxBy(value)!;
        var (height, step) = (70.0, Width / Math.Max(runs.Count, 12));
        page.Tag("p", [("class", "dim")], $"{what}, at most {said(most)}.");
        Drawing(page, height + 2, $"{what}, at most {said(most)}", () =>
        {
            page.Tag("line", [("class", "axis"), ("x1", "0"), ("y1", height), ("x2", Width), ("y2", height)]);
            for (var i = 0; i < runs.Count; i++)
            {
                var tall = value(most) > 0 ? value(runs[i]) / value(most) * (height - 4) : 0;
                var title = $"{PageWords.Moment(runs[i].StartedAt)}: {said(runs[i])}";
                Bar(page, PageWords.Tone(runs[i]), i * step, height - tall, step * 0.7, tall, title);
            }
        });
    }

    /// <summary>Scrolls within itself rather than shrink on a phone until nobody can read it.</summary>
    private static void Drawing(Html page, double height, string label, Action inside) => page.Tag(
        "div",
        [("class", "chart"), ("role", "region"), ("aria-label", label), ("tabindex", "0")],
        () => page.Tag("svg", [("role", "img"), ("viewBox", $"0 0 {Width} {height}"), ("aria-label", label)], inside));

    private static TimeSpan Took(PastRun run) => run.FinishedAt - run.StartedAt;

    private static void Bar(Html page, string tone, double x, double y, double width, double height, string title) => page.Tag(
        "g", [], () => page
            .Tag("title", [], title)
            .Tag("rect", [("class", $"{tone}"), ("rx", "2"), ("x", x), ("y", y), ("width", width), ("height", height)]));
}
