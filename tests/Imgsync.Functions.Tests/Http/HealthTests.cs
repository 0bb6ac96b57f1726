using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Reporting;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging.Folders;
using Imgsync.Functions.Setup;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Imgsync.Functions.Tests.Http;

/// <summary>What a monitor is told: a word without a key, figures with one.</summary>
public sealed class HealthTests : IDisposable
{
    private readonly TestApp _app = new(new ImgsyncOptions
    {
        Distributions = ["debian12"],
        Clouds = [new CloudOptions { Name = "east" }],
        Overrides = new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal)
        {
            ["debian12"] = new() { MaxAge = TimeSpan.FromDays(30) },
        },
    });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Twice_the_schedule_after_the_last_good_run_it_is_bad_and_after_the_next_one_good_again()
    {
        await SaveAsync(1, OutcomeKind.UpToDate);
        var well = await _app.HealthAsync();
        _app.Time.Advance(TimeSpan.FromHours(11));
        await SaveAsync(2, OutcomeKind.Failed);
        var failedOnce = await _app.HealthAsync();
        _app.Time.Advance(TimeSpan.FromHours(2));
        var late = await _app.HealthAsync();
        await SaveAsync(3, OutcomeKind.UpToDate);
        _app.Time.Advance(TimeSpan.FromSeconds(20)); // an answer is kept for a moment
        var again = await _app.HealthAsync();

        Assert.Equal([200, 200, 503, 200], new[] { well, failedOnce, late, again }.Select(answer => answer.Status));
        Assert.Equal(HealthCause.NoGoodRun, late.Json.GetProperty("cause").GetString());
        Assert.All(["east", "debian", "sentence"], detail => Assert.DoesNotContain(detail, late.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_image_over_its_age_is_bad()
    {
        await SaveAsync(1, OutcomeKind.UpToDate, revision: "20240601-1811");

        var answer = await _app.HealthAsync();

        Assert.Equal((503, HealthCause.ImageTooOld), (answer.Status, answer.Json.GetProperty("cause").GetString()));
    }

    [Theory]
    [InlineData(null, "", HealthCause.ScheduleMissing)]
    [InlineData("every day", "", HealthCause.ScheduleWrong)]
    [InlineData("06:00:00", "", null)]
    [InlineData("0 0 */6 * * *", "publish.keep is wrong.", HealthCause.Settings)]
    [InlineData("0 0 */6 * * *", "No cloud", HealthCause.NoCloud)]
    public async Task What_the_settings_lack_is_a_word(string? schedule, string fault, string? cause)
    {
        _app.Setup = fault is "No cloud"
            ? AppSetup.Add(new ServiceCollection(), Settings(schedule))
            : new AppSetup(new ImgsyncConfiguration(new ImgsyncOptions(), [], []), fault is "" ? [] : [fault], []) { Schedule = schedule };

        var answer = await _app.HealthAsync();

        Assert.Equal(cause is null ? 200 : 503, answer.Status);
        Assert.Equal(cause, answer.Json.TryGetProperty("cause", out var told) ? told.GetString() : null);
        Assert.DoesNotContain("publish.keep", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_that_cannot_be_read_are_bad()
    {
        var folder = Directory.CreateTempSubdirectory("imgsync-health-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "reports"));
        await File.WriteAllTextAsync(Path.Combine(folder, "reports", "last.json"), "s3cret", Cancel);
        _app.Reports = new ReportStore(new FolderDocumentStore(folder));

        var answer = await _app.HealthAsync();

        Assert.Equal((503, HealthCause.Storage), (answer.Status, answer.Json.GetProperty("cause").GetString()));
        Assert.DoesNotContain("s3cret", answer.Text, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_metrics_are_those_of_the_stored_reports()
    {
        await SaveAsync(1, OutcomeKind.UpToDate);

        var answer = await _app.MetricsAsync();

        Assert.Equal((200, "text/plain; version=0.0.4; charset=utf-8"), (answer.Status, answer.Http.ContentType));
        Assert.Contains(
            "imgsync_image_state{distribution=\"debian12\",cloud=\"east\",state=\"up-to-date\"} 1\n", answer.Text, StringComparison.Ordinal);
        Assert.Contains("imgsync_image_max_age_seconds{distribution=\"debian12\",cloud=\"east\"} 2592000\n", answer.Text, StringComparison.Ordinal);
        Assert.Contains("imgsync_last_run_success{kind=\"complete\"} 1\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Http.Headers.CacheControl);
    }

    [Fact]
    public async Task The_page_is_that_of_the_stored_reports_and_a_browser_takes_nothing_else()
    {
        await SaveAsync(1, OutcomeKind.Failed);

        var answer = await _app.DashboardAsync();

        Assert.Equal((200, "text/html; charset=utf-8"), (answer.Status, answer.Http.ContentType));
        Assert.StartsWith("<!DOCTYPE html>", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Imgsync: 1 of 1 image is not in order", answer.Text, StringComparison.Ordinal);
        var policy = answer.Http.Headers.ContentSecurityPolicy.ToString();
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.EndsWith("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Http.Headers.CacheControl);
    }

    private static ConfigurationManager Settings(string? schedule) => new() { ["IMGSYNC_SCHEDULE"] = schedule };

    private Task SaveAsync(int number, OutcomeKind kind, string revision = "20240715-1811")
    {
        var outcome = new ImageOutcome
        {
            Distribution = "debian12",
            Cloud = "east",
            Kind = kind,
            Reason = "A sentence.",
            Revision = revision,
        };
        var now = _app.Time.GetUtcNow();
        return _app.Reports.SaveAsync(
            new SyncReport(RunId.Parse($"run{number}"), now.AddMinutes(-1), now, DryRun: false, [outcome], PruneReport.Nothing)
            {
                Complete = true,
            },
            Cancel);
    }
}
