using CliWrap;
using CliWrap.Buffered;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Reporting;
using Imgsync.Core.Runs;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Reporting;

/// <summary>The metrics of a few runs, as text and as Prometheus' own tool reads them.</summary>
public sealed class MetricsPageTests
{
    private const string Hostile = "a\"b\\c\nd}e{日本";

    private static readonly DateTimeOffset Now = new(2026, 7, 17, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_figure_is_there_in_base_units_and_in_the_words_of_the_other_answers()
    {
        var page = Page(
            Run(1, complete: true, Good("debian12", "20260601-1811") with { ImageId = "id-1", ImageName = "Debian 12" }, Failed("ubuntu24")),
            Run(2, complete: false, Good("debian12", "20260701-0000") with { ImageId = "id-2", ImageName = "Debian 12" }),
            Run(3, complete: true, Good("debian12", "20260702-0000")) with { DryRun = true });

        Assert.All(
            [
                "# TYPE imgsync_image_age_seconds gauge",
                """imgsync_image_age_seconds{distribution="debian12",cloud="lyon"} 1447200""", // 16 days and 18 hours
                """imgsync_image_built_timestamp_seconds{distribution="debian12",cloud="lyon"} 1782864000""",
                """imgsync_image_checked_timestamp_seconds{distribution="debian12",cloud="lyon"} 1784304000""",
                """imgsync_image_state{distribution="debian12",cloud="lyon",state="up-to-date"} 1""",
                """imgsync_image_state{distribution="debian12",cloud="lyon",state="failed"} 0""",
                """imgsync_image_state{distribution="ubuntu24",cloud="lyon",state="failed"} 1""",
                """imgsync_image_state{distribution="never",cloud="lyon",state="unknown"} 1""",
                """imgsync_image_problem_since_timestamp_seconds{distribution="ubuntu24",cloud="lyon"} 1784300400""",
                """imgsync_image_info{distribution="debian12",cloud="lyon",revision="20260701-0000",image_id="id-2",image_name="Debian 12"} 1""",
                """imgsync_last_run_success{kind="complete"} 0""",
                """imgsync_last_run_success{kind="partial"} 1""",
                """imgsync_last_run_duration_seconds{kind="complete"} 41.5""",
                """imgsync_last_run_moved_bytes{kind="complete"} 314572800""",
                """imgsync_last_run_images{kind="complete",outcome="published"} 1""",
                """imgsync_last_good_run_end_timestamp_seconds{kind="partial"} 1784304000""",
            ],
            line => Assert.Contains(line, page.Split('\n')));
        Assert.DoesNotContain("imgsync_last_good_run_end_timestamp_seconds{kind=\"complete\"}", page, StringComparison.Ordinal);
        Assert.DoesNotContain("20260702", page, StringComparison.Ordinal); // a dry run has found it, users do not
    }

    [Fact]
    public void The_limit_and_the_end_of_support_are_the_settings_and_the_catalogues()
    {
        var page = Page(Run(1, complete: true, Good("debian12", "20260601-1811")));

        // The day after the last one of support.
        Assert.Contains(
            "imgsync_image_supported_until_timestamp_seconds{distribution=\"debian12\",cloud=\"lyon\"} 1846022400\n", page,
            StringComparison.Ordinal);
        Assert.Contains(
            "imgsync_image_max_age_seconds{distribution=\"debian12\",cloud=\"lyon\"} 2592000\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prometheus_own_tool_finds_nothing_wrong_whatever_names_are()
    {
        Requirement.DemandProgram("promtool", "apt-get install prometheus");
        var page = Page(
            Run(1, complete: true, Good(Hostile, "20260601-1811") with { ImageName = Hostile }, Failed("ubuntu24")),
            Run(2, complete: false, Good("debian12", "20260601-1811")));

        var checkedPage = await CheckAsync(page);
        var empty = await CheckAsync(MetricsPage.Of(new Figures(Now, [], [], 0), "1.0"));
        var broken = await CheckAsync(page.Replace("\\\"", "\"", StringComparison.Ordinal));

        Assert.Equal((0, ""), (checkedPage.ExitCode, checkedPage.StandardError + checkedPage.StandardOutput));
        Assert.Equal((0, ""), (empty.ExitCode, empty.StandardError + empty.StandardOutput));
        Assert.NotEqual(0, broken.ExitCode);
    }

    private static async Task<BufferedCommandResult> CheckAsync(string page) =>
        await ChildProcess.Command("promtool", "check", "metrics").WithStandardInputPipe(PipeSource.FromString(page))
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(TestContext.Current.CancellationToken);

    private static string Page(params SyncReport[] reports)
    {
        var standing = reports.Aggregate(Standing.Unknown, (standing, report) => standing.After(report));
        var own = new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal) { ["debian12"] = new() { MaxAge = TimeSpan.FromDays(30) } };
        var catalog = CatalogLoader.Load(null, new Dictionary<string, Uri>(StringComparer.Ordinal), own);
        IReadOnlyList<PlannedDistribution> wanted = [new PlannedDistribution("debian12", ["lyon"]), new PlannedDistribution("never", ["lyon"])];
        return MetricsPage.Of(
            new Figures(Now, ImageFigures.Of(standing, wanted, catalog), standing.Runs, standing.CleanUpFailures.Count), "1.0+abc");
    }

    /// <summary>Each an hour after the one before; the second one ended at four.</summary>
    private static SyncReport Run(int number, bool complete, params ImageOutcome[] outcomes)
    {
        var ended = Now.AddHours(number - 4);
        return new SyncReport(
            RunId.Parse($"run{number}"), ended.AddSeconds(-41.5), ended, DryRun: false, outcomes, PruneReport.Nothing)
        {
            Complete = complete,
        };
    }

    private static ImageOutcome Good(string distribution, string revision) => new()
    {
        Distribution = distribution,
        Cloud = "lyon",
        Kind = OutcomeKind.Published,
        Reason = "New.",
        Revision = revision,
        BytesDownloaded = 300 << 20,
    };

    private static ImageOutcome Failed(string distribution) => new()
    {
        Distribution = distribution,
        Cloud = "lyon",
        Kind = OutcomeKind.Failed,
        Reason = "No.",
    };
}
