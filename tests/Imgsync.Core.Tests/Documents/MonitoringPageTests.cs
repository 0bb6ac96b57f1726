using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Imgsync.Core.Reporting;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Documents;

/// <summary>docs/monitoring.md names what there is, and its rules are ones that Prometheus takes.</summary>
public sealed partial class MonitoringPageTests
{
    private static readonly string Page = File.ReadAllText(Checkout.File("docs/monitoring.md"));

    [Fact]
    public void Its_table_has_every_metric_and_the_rules_use_no_other()
    {
        var source = File.ReadAllText(Checkout.File("src/Imgsync.Core/Reporting/MetricsPage.cs"));
        var written = Quoted().Matches(source).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(
            written.Order(StringComparer.Ordinal),
            Rows().Matches(Page).Select(match => match.Groups["name"].Value).Order(StringComparer.Ordinal));
        Assert.All(Names().Matches(Rules()).Select(match => match.Value), name => Assert.Contains(name, written));
    }

    [Fact]
    public void Its_table_of_causes_has_every_one()
    {
        var causes = typeof(HealthCause).GetFields().Select(field => (string)field.GetRawConstantValue()!);

        Assert.All(causes, cause => Assert.Contains($"\n| `{cause}` |", Page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prometheus_own_tool_takes_its_rules()
    {
        Requirement.DemandProgram("promtool", "apt-get install prometheus");
        var file = Path.Combine(Path.GetTempPath(), $"imgsync-rules-{Guid.NewGuid():N}.yml");
        await File.WriteAllTextAsync(file, Rules(), TestContext.Current.CancellationToken);

        var read = await ChildProcess.Command("promtool", "check", "rules", file).WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        File.Delete(file);

        Assert.Equal((0, ""), (read.ExitCode, read.StandardError));
        Assert.Contains("SUCCESS: 5 rules found", read.StandardOutput, StringComparison.Ordinal);
    }

    private static string Rules() => YamlBlock().Match(Page).Groups["rules"].Value;

    [GeneratedRegex(@"```yaml\n(?<rules>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"""(?<name>imgsync_\w+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\| `(?<name>imgsync_\w+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rows();

    [GeneratedRegex(@"imgsync_\w+", RegexOptions.None, 1000)]
    private static partial Regex Names();
}
