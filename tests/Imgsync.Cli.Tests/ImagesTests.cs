using System.Text.Json.Nodes;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary><c>imgsync images</c> against a real Glance: what is there, and what it lacks.</summary>
public sealed class ImagesTests(DevCloud cloud)
{
    private const string Version = "20240717-1811";

    [Fact]
    public async Task An_image_of_the_profile_scs_lacks_nothing_and_is_not_written_again()
    {
        await using var scenario = await PublishedAsync(
            """{ "metadata": "scs", "properties": { "note": "{revision} of {buildDate} from {url}", "hotfix_hours": "48" } }""");
        var before = await ShownAsync(scenario);

        var check = await scenario.Program.RunAsync("images", "--check", "scs");
        var answer = (await scenario.Program.RunAsync("images", "--check", "scs", "--json")).StandardOutput;
        await AnswerSchemaTests.IsValidAsync("images", answer);
        var json = JsonNode.Parse(answer)!.AsArray();
        var plan = await scenario.Program.RunAsync("plan", "debian12", "--detailed-exitcode");
        var again = await scenario.Program.RunAsync("sync", "debian12");

        Assert.Equal([0, 0, 0], new[] { check, plan, again }.Select(ended => ended.ExitCode));
        Assert.Matches($@"(?m)^default\s+\S+ Debian 12 \[{Version}\]\s+\S+\s+all there$", check.StandardOutput);
        Assert.Empty(Assert.Single(json)!["findings"]!.AsArray());
        var properties = before["properties"]!;
        var url = $"https://cloud.debian.org/images/cloud/bookworm/{Version}/debian-12-genericcloud-amd64-{Version}.qcow2";
        Assert.Equal(
            ($"{Version} of 2024-07-17 from {url}", url, "48", "last-1", 512),
            ((string?)properties["note"], (string?)properties["image_source"], (string?)properties["hotfix_hours"],
                (string?)properties["uuid_validity"], (int)before["minRam"]!));
        Assert.Equal((string?)before["updatedAt"], (string?)(await ShownAsync(scenario))["updatedAt"]);
    }

    [Fact]
    public async Task What_an_image_lacks_is_told_and_the_profile_brings_it_to_one_that_stands()
    {
        await using var scenario = await PublishedAsync("""{ "properties": { "os_purpose": "desktop" } }""");

        var plain = await scenario.Program.RunAsync("images");
        var check = await scenario.Program.RunAsync("images", "--check", "scs");
        var json = JsonNode.Parse((await scenario.Program.RunAsync("images", "--check", "scs", "--json")).StandardOutput)!.AsArray();
        scenario.Program.Write("imgsync.json", """{ "distributions": ["debian12"], "publish": { "metadata": "scs" } }""");
        await scenario.Program.RunAsync("sync");
        var after = await scenario.Program.RunAsync("images", "--check", "scs");
        var unknown = await scenario.Program.RunAsync("images", "--check", "iso");

        Assert.Equal([0, 1, 0, 2], new[] { plain, check, after, unknown }.Select(ended => ended.ExitCode));
        Assert.Matches(@"(?m)^default\s+\S+ Debian 12 \[\S+\]\s+\S+\s+uuid_validity is missing$", check.StandardOutput);
        Assert.Contains(
            "os_purpose is \"desktop\", it must be one of generic,", Assert.Single(json)!["findings"]!.ToJsonString().Replace(
                "\\u0022", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newest_image_that_is_too_old_is_warned_of_where_it_is_to_be_kept_current()
    {
        await using var scenario = await PublishedAsync("{}");

        var unlimited = await scenario.Program.RunAsync("images");
        var limited = await scenario.Program.RunAsync("images", "--set", "overrides.debian12.maxAge=45d");
        var elsewhere = await scenario.Program.RunAsync("images", "--set", "overrides.debian12.maxAge=45d", "--set", "distributions=debian13");

        Assert.Equal([0, 0, 0], new[] { unlimited, limited, elsewhere }.Select(ended => ended.ExitCode));
        Assert.Equal(["", ""], [unlimited.StandardError, elsewhere.StandardError]);
        Assert.StartsWith(
            "imgsync: warning: debian12 for default: the newest image is of 2024-07-17, and debian12 is to have a newer one after 45 days; ",
            limited.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_says_in_which_disk_format_an_image_is_and_what_it_was_converted_from()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        var program = scenario.Program;
        program.Write("imgsync.json", """{ "distributions": ["debian12"], "publish": { "diskFormat": "raw" } }""");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version, content: new() { VirtualSize = 2 << 20, IsPartitioned = true });

        var planned = Publication(await JsonAsync("report", "plan", "--json"));
        var made = Publication(await JsonAsync("report", "sync", "--json"));
        var listed = Assert.Single((await JsonAsync("images", "images", "--json")).AsArray())!;
        var stands = (await JsonAsync("status", "status", "--json", "--set", "publish.diskFormat=as-published"))["images"]![0]!;

        Assert.All(
            [planned, made, stands],
            said => Assert.Equal(("raw", "qcow2"), ((string?)said["diskFormat"], (string?)said["convertedFrom"])));
        Assert.Equal(("raw", "qcow2"), ((string?)listed["image"]!["diskFormat"], (string?)listed["convertedFrom"]));
        Assert.Equal("as-published", (string?)stands["wantedDiskFormat"]);
        foreach (var columns in new[] { 40, 80, 120, 200 })
        {
            using var terminal = new PseudoTerminal(columns, rows: 24);
            var ended = await terminal.RunAsync(program, "$imgsync images");
            terminal.Hang();
            Assert.True((ended, terminal.Screen.Wraps) is (0, 0), terminal.Screen.Text);
            Screens.Same($"images-{columns}", Steady(terminal.Screen.Text));
        }

        async Task<JsonNode> JsonAsync(string schema, params string[] arguments)
        {
            var ended = await program.RunAsync(arguments);
            Assert.True(ended.ExitCode is 0, ended.StandardError + ended.StandardOutput);
            await AnswerSchemaTests.IsValidAsync(schema, ended.StandardOutput);
            return JsonNode.Parse(ended.StandardOutput)!;
        }

        string Steady(string screen)
        {
            var (id, created) = ((string)listed["image"]!["id"]!, (DateTimeOffset)listed["image"]!["createdAt"]!);
            return screen
                .Replace(scenario.Prefix.Trim(), "test-0123456789", StringComparison.Ordinal)
                .Replace(id, "3f9a51c0-11f4-45a3-8f26-53c8a5d90e1b", StringComparison.Ordinal)
                .Replace(id[..8], "3f9a51c0", StringComparison.Ordinal)
                .Replace($"{created:yyyy-MM-dd HH:mm}", "2024-07-17 18:11", StringComparison.Ordinal);
        }

        static JsonNode Publication(JsonNode report) => Assert.Single(
            report["outcomes"]![0]!["actions"]!.AsArray(), action => (string?)action!["kind"] is "publish")!;
    }

    private static async Task<JsonNode> ShownAsync(SyncScenario scenario) => Assert.Single(
        JsonNode.Parse((await scenario.Program.RunAsync("images", "--json")).StandardOutput)!.AsArray())!["image"]!;

    private async Task<SyncScenario> PublishedAsync(string publish)
    {
        var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Program.Write("imgsync.json", $$"""{ "distributions": ["debian12"], "publish": {{publish}} }""");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        Assert.Equal(0, (await scenario.Program.RunAsync("sync")).ExitCode);
        return scenario;
    }
}
