using System.Globalization;
using System.Text.Json.Nodes;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>What a program, the journal and a log file get of a run, an event a line.</summary>
public sealed class LogTests(DevCloud cloud)
{
    private static readonly string[] Refused = ["resolve", "debian12", "--set", "publishers.debian=http://127.0.0.1:1/", "--set", "upstream.retries=0"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_JSON_every_event_of_a_run_is_an_object_that_says_what_it_is_about()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        string[] asked = ["sync", "debian12", "ubuntu24", "--set", "log.format=json", "--set", "log.level=information"];

        var ended = await scenario.Program.RunAsync(asked);
        var filed = await scenario.Program.RunAsync(
            "sync", "debian12", "--set", $"log.file={scenario.Program.Home}/log", "--set", "log.level=information");

        Assert.Equal((1, 0), (ended.ExitCode, filed.ExitCode));
        var events = ended.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        var about = events.Where(each => each.ContainsKey("distribution")).ToList();
        Assert.Single(about.Select(each => (string)each["run"]!).Distinct());
        Assert.All(events, each => Assert.True(DateTimeOffset.TryParse((string?)each["time"], CultureInfo.InvariantCulture, out _)));
        var first = Assert.Single(events, each => ((string)each["message"]!).StartsWith("2 images for default: asking", StringComparison.Ordinal));
        Assert.Equal((true, false, false), (first.ContainsKey("run"), first.ContainsKey("distribution"), first.ContainsKey("cloud")));
        Assert.All(
            [
                "information debian12 default: LogStarted debian12 for default: started",
                "information debian12 default:  debian12 > default: published",
                "information debian12 default: LogEnded debian12 for default: published, ",
                "error ubuntu24 default:  ubuntu24 for default: ",
            ],
            expected => Assert.Contains(about, each =>
                $"{each["level"]} {each["distribution"]} {each["cloud"]}: {each["event"]} {each["message"]}"
                    .StartsWith(expected, StringComparison.Ordinal)));
        Assert.Contains(
            await File.ReadAllLinesAsync(Path.Combine(scenario.Program.Home, "log"), Cancel),
            line => line[20..].StartsWith(" information debian12 for default: started run=", StringComparison.Ordinal)
                && line.EndsWith(" distribution=debian12 cloud=default", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("$(stat -c %d:%i log)", "<3>imgsync: debian12: ")]
    [InlineData("1$(stat -c %d:%i log)", "imgsync: debian12: ")]
    [InlineData("", "imgsync: debian12: ")]
    public async Task The_journal_gets_levels_and_nobody_else_does(string stream, string begin)
    {
        using var program = new ProgramRun();
        var script = $"touch log; JOURNAL_STREAM={stream}; export JOURNAL_STREAM; exec \"$@\" 2>log";

        await program.RunAsync("sh", ["-c", script, "sh", .. ProgramRun.Program, .. Refused]);

        Assert.StartsWith(begin, await File.ReadAllTextAsync(Path.Combine(program.Home, "log"), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_stays_in_its_line_of_JSON_and_a_level_or_a_format_that_is_none_is_told()
    {
        using var program = new ProgramRun();

        var ended = await program.RunAsync([.. Refused, "--set", "log.format=json", "-v"]);
        var wrong = await program.RunAsync([.. Refused, "--set", "log.format=xml", "--set", "log.level=loud"]);

        Assert.Contains(
            ended.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!),
            each => (string?)each["level"] is "error" && ((string?)each["exception"])!.Contains("   at Imgsync.", StringComparison.Ordinal));
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("log.format", wrong.StandardError, StringComparison.Ordinal);
        Assert.Contains("must be debug, information, warning or error", wrong.StandardError, StringComparison.Ordinal);
    }
}
