using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests.Serving;

/// <summary><c>imgsync serve</c> as a process, against a real Glance, asked and stopped from outside.</summary>
public sealed partial class ServeTests(DevCloud cloud)
{
    private const string Never = "0 0 1 1 *";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_follow_the_schedule_and_what_changes_meanwhile_counts_from_the_next_one_on()
    {
        await using var scenario = await StartAsync();
        var password = scenario.Program.Write("password", scenario.Program.Environment["OS_PASSWORD"] + "\n");
        scenario.Program.Environment["OS_PASSWORD"] = "@" + password;
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240708-1801");
        var serving = scenario.Program.Start("serve", "debian12", "--once-at-start", "--schedule", "* * * * * *", "--jitter", "0", "--json-lines");

        var first = await UntilAsync(scenario, HttpStatusCode.OK, "\"good\":true");
        Assert.Single(await scenario.ImagesAsync(), image => image.Contains("20240708-1801", StringComparison.Ordinal));
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await Eventually.TrueAsync("the newer image is published", async () => (await scenario.ImagesAsync()).Any(
            image => image.EndsWith("20240717-1811]: active, public", StringComparison.Ordinal)));
        await File.WriteAllTextAsync(password, "another one", Cancel);
        var failing = await UntilAsync(scenario, HttpStatusCode.ServiceUnavailable, "\"good\":false");
        await File.WriteAllTextAsync(password, "", Cancel);
        await UntilAsync(scenario, HttpStatusCode.ServiceUnavailable, "\"run\":null");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(scenario, "livez")).Status);

        var ended = await StopAsync(serving, "TERM");

        Assert.Contains(ended.ExitCode, new[] { 0, 130 }); // between two runs, or in one
        Assert.Equal("healthy", (string?)first["status"]);
        Assert.Equal((1, 1), ((int)failing["lastRun"]!["images"]!, (int)failing["lastRun"]!["failed"]!));
        Assert.Contains($"The file {password} that OS_PASSWORD (environment) names is empty.", ended.StandardError, StringComparison.Ordinal);
        var lines = ended.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines.DistinctBy(line => (string)JsonNode.Parse(line)!["event"]!))
            await AnswerSchemaTests.IsValidAsync("event", line);
        Assert.Equal(
            ["ended", "failure", "progress", "report", "waiting"],
            lines.Select(line => (string)JsonNode.Parse(line)!["event"]!).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(lines, line => line.Contains("\"kind\":\"published\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Asked_to_stop_while_it_waits_it_ends_well_and_at_once(string signal)
    {
        await using var scenario = await StartAsync();
        var serving = scenario.Program.Start("serve", "debian12", "--schedule", Never);
        var waiting = await UntilAsync(scenario, HttpStatusCode.OK, "\"nextRun\":\"");

        var ended = await StopAsync(serving, signal);

        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(("healthy", false, (JsonNode?)null), ((string?)waiting["status"], (bool)waiting["isRunning"]!, waiting["lastRun"]));
        Assert.Contains("The next run starts at ", Log(scenario), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_to_stop_in_a_run_it_ends_as_sync_does()
    {
        await using var scenario = await StartAsync();
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811", content: new Qcow2Builder { DataSize = 32 << 20 });
        scenario.Upstream.Fault = ProxyFault.SlowTo(8 << 20).OfDownloads();
        var serving = scenario.Program.Start("serve", "debian12", "--once-at-start", "--schedule", Never, "--json");
        await scenario.WaitForUploadAsync();
        Assert.True((bool)(await UntilAsync(scenario, HttpStatusCode.OK, "\"isRunning\":true"))["isRunning"]!);

        var ended = await StopAsync(serving, "TERM");

        Assert.Equal(130, ended.ExitCode);
        Assert.Empty(await scenario.ImagesAsync());
        Assert.Contains(scenario.HalfMade(), file => file.EndsWith(".partial", StringComparison.Ordinal));
        var report = Assert.Single(ended.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await AnswerSchemaTests.IsValidAsync("report", report);
        Assert.True((bool)JsonNode.Parse(report)!["cancelled"]!);
    }

    [Fact]
    public async Task What_no_run_could_ever_work_with_ends_it_at_the_start()
    {
        using var program = new ProgramRun();
        program.Environment["OS_AUTH_URL"] = "http://127.0.0.1:9/v3";
        program.Environment["OS_USERNAME"] = program.Environment["OS_PASSWORD"] = program.Environment["OS_PROJECT_NAME"] = "x";
        (string[] Said, string Fault)[] wrong =
        [
            (["--schedule", "every night"], "serve.schedule is 'every night', which is no cron expression"),
            (["--schedule", "0 0 31 2 *"], "serve.schedule is '0 0 31 2 *', a day that never comes."),
            (["--jitter", "long"], "it must be a duration"),
            (["--health", "8086"], "serve.health is '8086': it must be an IP address and a port"),
            (["--health", "198.51.100.7:8086"], "cannot be listened at"),
            (["--cloud", "elsewhere"], "elsewhere"),
        ];

        var ended = await Task.WhenAll(wrong.Select(each => program.RunAsync(["serve", "debian12", .. each.Said])));

        Assert.All(ended.Zip(wrong), each => Assert.Equal(2, each.First.ExitCode));
        Assert.All(ended.Zip(wrong), each => Assert.Contains(each.Second.Fault, each.First.StandardError, StringComparison.Ordinal));
    }

    private async Task<SyncScenario> StartAsync()
    {
        var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Program.Environment["IMGSYNC__LOG__FILE"] = Path.Combine(scenario.Program.Home, "log");
        scenario.Program.Environment["IMGSYNC__SERVE__HEALTH"] = "127.0.0.1:0";
        return scenario;
    }

    private static string Log(SyncScenario scenario) =>
        Path.Combine(scenario.Program.Home, "log") is var file && File.Exists(file) ? File.ReadAllText(file) : "";

    private static async Task<JsonNode> UntilAsync(SyncScenario scenario, HttpStatusCode status, string part)
    {
        await Eventually.TrueAsync("it says where its health is", () => Address().IsMatch(Log(scenario)));
        return await Eventually.FoundAsync($"health is {status} with {part}", async () =>
            await AskAsync(scenario, "healthz") is var answer && answer.Status == status && answer.Body.Contains(part, StringComparison.Ordinal)
                ? JsonNode.Parse(answer.Body)
                : null);
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(SyncScenario scenario, string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address().Match(Log(scenario)).Groups["url"].Value) };
        using var answer = await client.GetAsync(path, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static async Task<BufferedCommandResult> StopAsync(CommandTask<BufferedCommandResult> serving, string signal)
    {
        await CliWrap.Cli.Wrap("kill").WithArguments(
            ["-" + signal, serving.ProcessId.ToString(CultureInfo.InvariantCulture)]).ExecuteAsync(Cancel);
        return await serving;
    }

    [GeneratedRegex("answered at (?<url>http://127.0.0.1:[0-9]+/)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
