using System.Text.Json;
using System.Text.RegularExpressions;
using Imgsync.Cloud.Tests.Telemetry;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cloud.Tests.Infra;

/// <summary>The alerts and the workbook name metrics, tags and values as text; here that text meets what a run really measures.</summary>
[Collection(nameof(PredictedDeployment))]
public sealed partial class AlertTests(PredictedDeployment deployment, DevCloud cloud)
{
    [Fact]
    public async Task What_the_alerts_ask_for_is_what_a_run_with_a_good_an_old_a_failed_and_a_refused_image_measures()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        using var run = await RecordedRun.OfAsync(
            await TroubledAsync(scenario), new RunRequest { Distributions = ["debian11", "debian12", "debian13"] });

        var asked = deployment.Resources("Microsoft.Insights/scheduledQueryRules")
            .Select(
                alert => alert.GetProperty("properties").GetProperty("criteria").GetProperty("allOf")[0].GetProperty("query").GetString()!)
            .Select(query => (Metric: Metric().Match(query).Groups["name"].Value, Tag: Property().Match(query)))
            .ToList();

        Assert.Equal(
            ["imgsync.images", "imgsync.newest.age", "imgsync.runs", "imgsync.warnings"], asked.Select(alert => alert.Metric).Order(StringComparer.Ordinal));
        Assert.All(asked, alert => Assert.Contains(run.Measured, measured => measured.Instrument == alert.Metric));
        Assert.All(asked, alert => Assert.All(alert.Tag.Groups["value"].Captures, value => Assert.Contains(run.Measured, measured =>
            measured.Instrument == alert.Metric && measured.Tags.GetValueOrDefault(alert.Tag.Groups["name"].Value) == value.Value)));
        Assert.Equal(
            run.Measured.Select(measured => measured.Instrument).ToHashSet(StringComparer.Ordinal),
            Queries().SelectMany(query => Metric().Matches(query)).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal));
        Assert.All(Queries(), query => Assert.All(Tag().Matches(query).Select(tag => tag.Groups["name"].Value), tag => Assert.Contains(
            run.Measured, measured => measured.Instrument == Metric().Match(query).Groups["name"].Value && measured.Tags.ContainsKey(tag))));
    }

    [Fact]
    public async Task The_operators_page_lists_every_metric_there_is()
    {
        await using var scenario = await Scenario.StartAsync(cloud);
        using var run = await RecordedRun.OfAsync(
            await TroubledAsync(scenario), new RunRequest { Distributions = ["debian11", "debian12"] });
        var page = await File.ReadAllTextAsync(Checkout.File("docs/operations.md"), TestContext.Current.CancellationToken);

        var listed = Row().Matches(page).Select(row => row.Groups["name"].Value).Distinct(StringComparer.Ordinal);

        Assert.Equal(
            run.Measured.Select(measured => measured.Instrument).Distinct(StringComparer.Ordinal).Order(
                StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    /// <summary>What the workbook asks, by the page that the portal reads.</summary>
    private IEnumerable<string> Queries()
    {
        var page = JsonDocument.Parse(deployment.Only("Microsoft.Insights/workbooks").GetProperty("serializedData").GetString()!);
        return page.RootElement.GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("type").GetInt32() is 3)
            .Select(item => item.GetProperty("content").GetProperty("query").GetString()!);
    }

    /// <summary>An image that is old, one whose publisher goes back, and one that nobody publishes.</summary>
    private static async Task<Scenario> TroubledAsync(Scenario scenario)
    {
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await scenario.SyncAsync("debian12");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240708-1801");
        scenario.Tree.PublishDebian(DebianRelease.Bullseye, "20240717-1811");
        scenario.Options = scenario.Options with
        {
            Overrides = new Dictionary<string, DistributionOverrides>(StringComparer.OrdinalIgnoreCase)
            {
                ["debian11"] = new() { MaxAge = TimeSpan.FromDays(45) },
            },
        };
        return scenario;
    }

    [GeneratedRegex(@"Name == '(?<name>[a-z.]+)'", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Metric();

    [GeneratedRegex(
        @"tostring\(Properties\.(?<name>[a-z]+)\) (== |in \()('(?<value>[a-z-]+)'(, )?)+", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Property();

    [GeneratedRegex(@"tostring\(Properties\.(?<name>[a-z]+)\)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?m)^\| `(?<name>imgsync\.[a-z.]+)` \|", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Row();
}
