using System.Text.Json.Nodes;
using Imgsync.Testing.Http;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>Who is told of a run of the program: one receiver that takes messages, and one that does not.</summary>
public sealed class NotifyTests(DevCloud cloud)
{
    private const string Mark = "marked-secret-17";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Settings that cannot be used, a lock folder that is none, and then a run that works.</summary>
    [Fact]
    public async Task A_run_that_cannot_even_begin_is_told_once_and_stands_in_status_until_one_begins()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await using var receiver = new ScriptedServer().Always("POST", $"/{Mark}", Answer.Of(200));
        var settings = scenario.Program.Environment;
        settings["IMGSYNC__DISTRIBUTIONS"] = "debian12";
        (settings["IMGSYNC__NOTIFY__0__URL"], settings["IMGSYNC__NOTIFY__0__FORM"]) = ($"{receiver.Url}{Mark}", "slack");

        settings["IMGSYNC__PUBLISH__KEEP"] = "none";
        var (first, second) = (await scenario.Program.RunAsync("sync"), await scenario.Program.RunAsync("sync"));
        settings.Remove("IMGSYNC__PUBLISH__KEEP");
        var status = await scenario.Program.RunAsync("status");
        var good = await scenario.Program.RunAsync("sync");
        var mended = await scenario.Program.RunAsync("status");

        Assert.Equal((2, 2, 1, 0, 0), (first.ExitCode, second.ExitCode, status.ExitCode, good.ExitCode, mended.ExitCode));
        Assert.Contains("imgsync: no run could begin, just now", status.StandardError, StringComparison.Ordinal);
        Assert.Equal(
            ["Imgsync: 1 failed", "Imgsync: 1 works again, 1 published"],
            receiver.Requests.Select(request => (string?)JsonNode.Parse(request.Text)!["text"]));
        Assert.Contains("failed: the run: publish.keep", receiver.Requests[0].Text.Replace("IMGSYNC__PUBLISH__KEEP", "publish.keep", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_tells_its_receivers_and_one_that_fails_is_a_warning()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await using var good = new ScriptedServer().Always("POST", $"/{Mark}", Answer.Of(200)).Always("HEAD", "/", Answer.Of(404));
        await using var gone = new ScriptedServer().Always("POST", $"/{Mark}", Answer.Of(410)).Always("HEAD", "/", Answer.Of(404));
        var settings = scenario.Program.Environment;
        settings["IMGSYNC__DISTRIBUTIONS"] = "debian12";
        (settings["IMGSYNC__NOTIFY__0__URL"], settings["IMGSYNC__NOTIFY__0__FORM"]) = ($"{good.Url}{Mark}", "slack");
        (settings["IMGSYNC__NOTIFY__1__URL"], settings["IMGSYNC__NOTIFY__1__SECRET"]) = ($"{gone.Url}{Mark}", $"{Mark}-and-eight-more");

        var first = await scenario.Program.RunAsync("sync", "-v", "--json", "debian12");
        var report = await scenario.Program.RunAsync("runs", "last", "--json");
        var check = await scenario.Program.RunAsync("config", "check");
        var test = await scenario.Program.RunAsync("notify", "test");

        var failure = $"Cannot tell notify[1] (cloudevents at {gone.Url.Authority}): it answered 410 Gone";
        Assert.Equal((0, 0, 0, 1), (first.ExitCode, report.ExitCode, check.ExitCode, test.ExitCode));
        Assert.Equal(
            ["Imgsync: 1 published", "Imgsync: this is a test message"],
            good.Requests.Where(request => request.Method is "POST")
                .Select(request => (string?)JsonNode.Parse(request.Text)!["text"]));
        Assert.Equal(2, gone.Requests.Count(request => request.Method is "POST"));
        Assert.Contains(failure, first.StandardError, StringComparison.Ordinal);
        Assert.Contains(failure, first.StandardOutput, StringComparison.Ordinal);
        Assert.Contains($"notify[0] (slack at {good.Url.Authority})", check.StandardOutput, StringComparison.Ordinal);
        Assert.Contains(failure, test.StandardError, StringComparison.Ordinal);
        await AnswerSchemaTests.IsValidAsync("report", first.StandardOutput);
        Assert.Contains(failure, report.StandardOutput, StringComparison.Ordinal);
        var said = string.Concat(new[] { first, report, check, test }.Select(ended => ended.StandardOutput + ended.StandardError));
        var left = await Task.WhenAll(Directory.EnumerateFiles(scenario.Staging, "*.json", SearchOption.AllDirectories)
            .Select(file => File.ReadAllTextAsync(file, Cancel)));
        Assert.NotEmpty(left);
        Assert.DoesNotContain(Mark, said + string.Concat(left), StringComparison.Ordinal);
    }
}
