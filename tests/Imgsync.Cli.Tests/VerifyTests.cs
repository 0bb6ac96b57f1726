using System.Text.Json.Nodes;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary><c>imgsync verify</c> against a real Glance.</summary>
public sealed class VerifyTests(DevCloud cloud)
{
    private const string Version = "20240717-1811";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Images_are_compared_with_marks_glance_and_publisher_and_a_mark_that_lies_is_found()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240708-1801");
        await scenario.Program.RunAsync("sync", "debian12");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        await scenario.Program.RunAsync("sync", "debian12");

        var good = await scenario.Program.RunAsync("verify");
        using var glance = await cloud.ProbeAsync(Cancel);
        var newest = (await glance.ListAsync(scenario.Prefix, Cancel)).Single(image => (string?)image["imgsync.revision"] == Version);
        await glance.SetAsync((string)newest["id"]!, "imgsync.sha512", new string('0', 128), Cancel);
        var bad = await scenario.Program.RunAsync("verify", "--json");

        Assert.Equal((0, 1), (good.ExitCode, bad.ExitCode));
        Assert.Matches(
            $@"(?m)^default +debian12 +{Version} +verified +\S+ Debian 12 \S+ +marks, Glance and publisher agree ", good.StandardOutput);
        Assert.Matches(
            $@"(?m)^default +debian12 +20240708-1801 +verified +.* marks and Glance agree; the publisher offers {Version} by now ",
            good.StandardOutput);
        await AnswerSchemaTests.IsValidAsync("verify", bad.StandardOutput);
        var answers = JsonNode.Parse(bad.StandardOutput)!.AsArray();
        Assert.Equal(
            [("20240708-1801", "verified"), (Version, "mismatch")],
            answers.Select(image => ((string)image!["revision"]!, (string)image["result"]!)).Order());
    }
}
