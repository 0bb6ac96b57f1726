using System.Text.Json.Nodes;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary><c>imgsync verify</c> against a real Glance.</summary>
public sealed class VerifyTests(DevCloud cloud)
{
    private const string Version = "20240717-1811";

    private static readonly string[] Versions = ["20240701-1801", "20240702-1802", "20240703-1803", "20240704-1804"];

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

        var filtered = await scenario.Program.RunAsync("verify", "--filter", "family=ubuntu", "--json");
        var listed = await scenario.Program.RunAsync("images", "--filter", "family=debian", "--json");
        var none = await scenario.Program.RunAsync("images", "--filter", "family!=debian", "--json");

        Assert.Equal((0, 0, 0), (filtered.ExitCode, listed.ExitCode, none.ExitCode));
        Assert.Equal((0, 2, 0), (Count(filtered.StandardOutput), Count(listed.StandardOutput), Count(none.StandardOutput)));
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

        static int Count(string json) => JsonNode.Parse(json)!.AsArray().Count;
    }

    /// <summary>Nobody but who reads it all sees what a disk made of an image: Glance's record still says the old digest.</summary>
    [Fact]
    public async Task What_glance_hands_out_is_hashed_and_a_file_that_was_spoilt_cut_or_lost_in_its_store_is_found()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        foreach (var version in Versions)
        {
            scenario.Tree.PublishDebian(DebianRelease.Bookworm, version, content: new Qcow2Builder { DataSize = 8 << 20, Seed = version[^1] });
            await scenario.Program.RunAsync("sync", "debian12", "--set", "publish.keep=9");
        }

        var good = await scenario.Program.RunAsync("verify", "--deep", "--json");
        var stored = JsonNode.Parse(good.StandardOutput)!.AsArray().ToDictionary(
            image => (string)image!["revision"]!, image => Path.Combine(cloud.StoreFolder, (string)image!["id"]!), StringComparer.Ordinal);
        await using (var file = new FileStream(stored[Versions[1]], FileMode.Open))
        {
            file.Position = 5 << 20;
            file.WriteByte((byte)~file.ReadByte());
        }

        await using (var file = new FileStream(stored[Versions[2]], FileMode.Open))
            file.SetLength(file.Length / 2);
        File.Delete(stored[Versions[3]]);
        var shallow = await scenario.Program.RunAsync("verify", "--json");
        var bad = await scenario.Program.RunAsync("verify", "--deep", "--json");
        using var terminal = new PseudoTerminal(80, rows: 24);
        var watched = await terminal.RunAsync(scenario.Program, "$imgsync verify --deep");
        terminal.Hang();

        Assert.Equal((0, 0, 1, 1), (good.ExitCode, shallow.ExitCode, bad.ExitCode, watched));
        Assert.Matches($@"(?m)^{scenario.Prefix}Debian 12 \S+ > default: reading back 8.\d MiB, 1 of 4$", good.StandardError);
        await AnswerSchemaTests.IsValidAsync("verify", bad.StandardOutput);
        var found = JsonNode.Parse(bad.StandardOutput)!.AsArray().ToDictionary(image => (string)image!["revision"]!, StringComparer.Ordinal);
        var results = Versions.Select(version => (string)found[version]!["result"]!).ToList();
        Assert.Equal(("verified", "mismatch", "unreadable"), (results[0], results[1], results[3]));
        Assert.Contains(results[2], new[] { "mismatch", "unreadable" }); // Glance may hang up where the file ends
        Assert.EndsWith("; read back", (string)found[Versions[0]]!["finding"]!, StringComparison.Ordinal);
        Assert.Matches(@"^Glance hands out \d+ bytes with sha512:[0-9a-f]+, and says that it holds \d+ bytes with sha512:", (string)found[Versions[1]]!["finding"]!);
        Assert.StartsWith("sha256:", (string)found[Versions[0]]!["content"]!["sha256"]!, StringComparison.Ordinal);
        Assert.NotNull(terminal.Screen.FindFrame("of 4 images"));
        Assert.Equal(0, terminal.Screen.Wraps);
    }
}
