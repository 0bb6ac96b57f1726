using Imgsync.Core.Runs;
using Imgsync.Core.Telemetry;

namespace Imgsync.Core.Reporting;

/// <summary>The figures as metrics for Prometheus. Their names and labels are a promise: docs/monitoring.md lists them.</summary>
public static class MetricsPage
{
    /// <summary>What the text is, over HTTP.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly string[] States =
    [
        ImageStanding.UpToDate, ImageStanding.Warned, ImageStanding.Unknown,
        TelemetryNames.Of(OutcomeKind.Failed), TelemetryNames.Of(OutcomeKind.Refused), TelemetryNames.Of(OutcomeKind.Unfinished),
    ];

    /// <param name="version">The program's.</param>
    public static string Of(Figures figures, string version)
    {
        var page = new PrometheusText();
        page.Gauge("imgsync_build_info", "The program, always 1.", [([("version", version)], 1)]);
        Images(page, figures);
        Runs(page, figures.Runs);
        page.Gauge(
            "imgsync_clean_up_failures", "In how many clouds the last complete run left clean-up out.", [([], figures.CleanUpFailures)]);
        return page.ToString();
    }

    private static void Images(PrometheusText page, Figures figures)
    {
        Each(
            "imgsync_image_age_seconds", "How old the image is that users find, by the day in its revision, when this was written.",
            image => image.Age(figures.At)?.TotalSeconds);
        Each(
            "imgsync_image_max_age_seconds", "How old the image may become before it is worth a look: maxAge.",
            image => image.MaxAge?.TotalSeconds);
        Each(
            "imgsync_image_built_timestamp_seconds", "The day in the revision of the image that users find.",
            image => Unix(image.BuiltAt));
        Each(
            "imgsync_image_checked_timestamp_seconds", "When a run last found or made the image the newest.",
            image => Unix(image.Standing.CheckedAt));
        Each(
            "imgsync_image_problem_since_timestamp_seconds", "Since when something is wrong with the image.",
            image => Unix(image.Standing.Wrong?.Since));
        Each(
            "imgsync_image_supported_until_timestamp_seconds", "When the publisher's support of the distribution ends.",
            image => Unix(image.SupportedUntil));
        page.Gauge(
            "imgsync_image_state", "How the image stands: 1 for the state that it is in, 0 for each other one.",
            figures.Images.SelectMany(image => States.Select(
                state => (Labels(image, ("state", state)), image.Standing.State == state ? 1.0 : 0))));
        page.Gauge(
            "imgsync_image_info", "The image that users find, always 1.",
            figures.Images.Where(image => image.Standing.Revision is not null).Select(image => (
                Labels(
                    image, ("revision", image.Standing.Revision!), ("image_id", image.Standing.ImageId ?? ""),
                    ("image_name", image.Standing.ImageName ?? "")),
                1.0)));

        void Each(string name, string help, Func<ImageFigures, double?> value) => page.Gauge(
            name, help,
            from image in figures.Images
            let number = value(image)
            where number is not null
            select (Labels(image), number.Value));
    }

    /// <summary>A partial run says nothing of what it was not asked for, so the last of each kind counts; a dry one is none.</summary>
    private static void Runs(PrometheusText page, IReadOnlyList<PastRun> runs)
    {
        var real = runs.Where(run => !run.DryRun).ToList();
        var last = real.DistinctBy(run => run.Complete).ToList();
        Each("imgsync_last_run_start_timestamp_seconds", "When the last run began.", last, run => Unix(run.StartedAt)!.Value);
        Each("imgsync_last_run_end_timestamp_seconds", "When the last run ended.", last, run => Unix(run.FinishedAt)!.Value);
        Each(
            "imgsync_last_run_duration_seconds", "How long the last run took.",
            last, run => (run.FinishedAt - run.StartedAt).TotalSeconds);
        Each(
            "imgsync_last_run_success", "1 when the last run was not stopped and nothing failed in it, else 0.",
            last, run => run.Succeeded ? 1 : 0);
        Each("imgsync_last_run_moved_bytes", "Bytes of images that the last run moved, each image's once.", last, run => run.Bytes);
        Each("imgsync_last_run_removed_images", "Superseded images that the last run deleted.", last, run => run.Removed);
        page.Gauge(
            "imgsync_last_run_images", "Images of the last run by how they ended.",
            from run in last
            from outcome in run.Outcomes.OrderBy(outcome => outcome.Key)
            select (Labels(("kind", Kind(run)), ("outcome", TelemetryNames.Of(outcome.Key))), (double)outcome.Value));
        Each(
            "imgsync_last_good_run_end_timestamp_seconds", "When the last run ended that was not stopped and in which nothing failed.",
            [.. real.Where(run => run.Succeeded).DistinctBy(run => run.Complete)], run => Unix(run.FinishedAt)!.Value);

        void Each(string name, string help, IEnumerable<PastRun> of, Func<PastRun, double> value) =>
            page.Gauge(name, help, of.Select(run => (Labels(("kind", Kind(run))), value(run))));
    }

    private static string Kind(PastRun run) => run.Complete ? "complete" : "partial";

    private static (string, string)[] Labels(ImageFigures image, params (string, string)[] more) =>
        [(TelemetryNames.Distribution, image.Standing.Distribution), (TelemetryNames.Cloud, image.Standing.Cloud), .. more];

    private static (string, string)[] Labels(params (string, string)[] labels) => labels;

    private static double? Unix(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() / 1000.0;
}
