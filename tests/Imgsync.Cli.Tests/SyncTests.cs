using System.Globalization;
using System.Text.Json.Nodes;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary><c>imgsync sync</c> against a real Glance, as a shell sees it.</summary>
[Long]
public sealed class SyncTests(DevCloud cloud)
{
    private const string Version = "20240717-1811";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_answer_is_the_table_and_the_story_is_a_plain_line_a_stage()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);

        var ended = await scenario.Program.RunAsync("sync", "debian12");

        Assert.Equal(0, ended.ExitCode);
        Assert.Equal($"{scenario.Prefix}Debian 12 [{Version}]: active, public", Assert.Single(await scenario.ImagesAsync()));
        Assert.Matches(@"^debian12\s+\S+\s+published\s+20240717-1811\s", ended.StandardOutput.Split('\n')[1]);
        Assert.Equal(
            ["1 image for default: asking the publishers what is newest", "debian12 > default: asking upstream",
                "debian12 > default: asking Glance", "debian12 > default: transferring", "debian12 > default: publishing",
                "debian12 > default: published"],
            ended.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain('\u001b', ended.StandardOutput + ended.StandardError);
    }

    [Fact]
    public async Task Who_asked_for_a_run_sees_what_it_did_also_where_its_report_cannot_be_stored()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        Directory.CreateDirectory(scenario.Staging);
        await File.WriteAllTextAsync(Path.Combine(scenario.Staging, "reports"), "in the way", Cancel);

        var ended = await scenario.Program.RunAsync("sync", "debian12");

        Assert.Equal(1, ended.ExitCode);
        Assert.Matches(@"(?m)^debian12\s+\S+\s+published\s+20240717-1811\s", ended.StandardOutput);
        Assert.Matches(@"(?m)^The run's report is not stored: Saving reports/\S+ in \S+/staging failed: ", ended.StandardError);
        Assert.Single(await scenario.ImagesAsync());
    }

    [Fact]
    public async Task What_upstream_offers_what_would_be_done_and_what_is_there_are_asked_without_changing_anything()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);

        var offered = await scenario.Program.RunAsync("resolve", "debian12");
        var dry = await scenario.Program.RunAsync("sync", "debian12", "--dry-run");
        Assert.Empty(await scenario.ImagesAsync());
        await scenario.Program.RunAsync("sync", "debian12");
        var images = await scenario.Program.RunAsync("images");

        Assert.Matches($@"(?m)^debian12\s+{Version}\s+sha512:[0-9a-f]{{128}}\s", offered.StandardOutput);
        Assert.Matches(@"(?m)^\+\s+debian12\s+publish\s", dry.StandardOutput);
        Assert.Contains($"{scenario.Prefix}Debian 12 [{Version}]  active", images.StandardOutput, StringComparison.Ordinal);
        Assert.Equal([0, 0, 0], new[] { offered, dry, images }.Select(ended => ended.ExitCode));
    }

    [Fact]
    public async Task A_plan_lists_what_comes_what_changes_and_what_goes_and_its_exit_code_says_whether_there_is_anything()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Program.Environment["IMGSYNC__PUBLISH__KEEP"] = "1";
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240708-1801");
        await scenario.Program.RunAsync("sync", "debian12");

        var nothing = await scenario.Program.RunAsync("plan", "debian12", "--detailed-exitcode");
        scenario.Program.Environment["IMGSYNC__PUBLISH__VISIBILITY"] = "private";
        var change = await scenario.Program.RunAsync("plan", "debian12", "--detailed-exitcode");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        var plan = await scenario.Program.RunAsync("plan", "debian12", "--detailed-exitcode");
        var plain = await scenario.Program.RunAsync("plan", "debian12");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240701-1790");
        var refused = await scenario.Program.RunAsync("plan", "debian12", "--detailed-exitcode");
        var wrong = await scenario.Program.RunAsync("plan", "debian12", "--detailed-exitcode", "--set", "publish.keep=none");

        Assert.Equal([0, 2, 2, 0, 1, 1], new[] { nothing, change, plan, plain, refused, wrong }.Select(ended => ended.ExitCode));
        Assert.EndsWith("0 to publish, 0 to change, 0 to delete.\n", nothing.StandardOutput, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^~\s+debian12\s+change\s+\S+ Debian 12 \[20240708-1801\]\s+to be as the settings say: visibility$", change.StandardOutput);
        Assert.Matches($@"(?m)^\+\s+debian12\s+publish\s+\S+ Debian 12 \[{Version}\]\s", plan.StandardOutput);
        Assert.Matches(@"(?m)^-\s+debian12\s+delete\s+\S+ Debian 12 \[20240708-1801\]\s", plan.StandardOutput);
        Assert.EndsWith("1 to publish, 0 to change, 1 to delete.\n", plan.StandardOutput, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^!\s+debian12\s+REFUSED\s", refused.StandardOutput);
        Assert.Contains("went back from 20240708-1801 to 20240701-1790", refused.StandardError, StringComparison.Ordinal);
        Assert.Equal(
            $"{scenario.Prefix}Debian 12 [20240708-1801]: active, public", Assert.Single(await scenario.ImagesAsync()));
    }

    [Fact]
    public async Task A_rotation_to_community_and_new_tags_are_in_the_plan_and_in_the_report()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Program.Environment["IMGSYNC__PUBLISH__KEEP"] = "1";
        scenario.Program.Environment["IMGSYNC__PRUNE__DELETEAFTER"] = "";
        scenario.Program.Environment["IMGSYNC__PRUNE__COMMUNITYAFTER"] = "0";
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240708-1801");
        await scenario.Program.RunAsync("sync", "debian12");
        var tags = await scenario.Program.RunAsync("plan", "debian12", "--set", "publish.tags=os:{osDistro},managed_by_osism");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);

        var plan = await scenario.Program.RunAsync("plan", "debian12");
        var sync = await scenario.Program.RunAsync("sync", "debian12");

        Assert.Matches(
            @"(?m)^~\s+debian12\s+change\s+\S+ Debian 12 \[20240708-1801\]\s+to be as the settings say: tags$", tags.StandardOutput);
        Assert.Matches(
            $@"(?m)^~\s+debian12\s+make community\s+\S+ Debian 12 \[20240708-1801\]\s+{Version} took its place$", plan.StandardOutput);
        Assert.EndsWith("1 to publish, 1 to change, 0 to delete.\n", plan.StandardOutput, StringComparison.Ordinal);
        Assert.Matches(
            $@"(?m)Debian 12 \[20240708-1801\]\s+default\s+made community\s+{Version} took its place$", sync.StandardOutput);
    }

    [Fact]
    public async Task What_is_up_to_date_is_published_again_only_when_forced()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        await scenario.Program.RunAsync("sync", "debian12");

        var again = await scenario.Program.RunAsync("sync", "debian12");
        var forced = await scenario.Program.RunAsync("sync", "debian12", "--force");

        Assert.Matches(@"(?m)^debian12\s+\S+\s+up-to-date\s", again.StandardOutput);
        Assert.Matches(@"(?m)^debian12\s+\S+\s+published\s", forced.StandardOutput);
        Assert.Single(await scenario.ImagesAsync()); // the new one took the place of the old one
    }

    [Fact]
    public async Task The_last_report_is_shown_again_and_so_is_an_earlier_one_by_its_run()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        var before = await scenario.Program.RunAsync("runs", "last");
        var first = JsonNode.Parse((await scenario.Program.RunAsync("sync", "debian12", "--json")).StandardOutput)!;
        await scenario.Program.RunAsync("sync", "debian12");

        var last = await scenario.Program.RunAsync("runs", "last");
        var earlier = await scenario.Program.RunAsync("runs", (string)first["run"]!, "--json");
        var elsewhere = await scenario.Program.RunAsync("runs", "../reports/last");
        var list = await scenario.Program.RunAsync("runs");
        var status = await scenario.Program.RunAsync("status");

        Assert.Equal([1, 0, 0, 1, 0, 0], new[] { before, last, earlier, elsewhere, list, status }.Select(ended => ended.ExitCode));
        Assert.Contains("No run has ended yet", before.StandardError, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^debian12\s+\S+\s+up-to-date\s", last.StandardOutput);
        Assert.True(JsonNode.DeepEquals(first, JsonNode.Parse(earlier.StandardOutput)));
        Assert.Contains("no report of a run ../reports/last", elsewhere.StandardError, StringComparison.Ordinal);
        Assert.Matches($@"\Arun .*\n.* partial +1 up-to-date +-\n{first["run"]} .* partial +1 published +\S+ MiB\n\z", list.StandardOutput);
        Assert.Matches(
            $@"\Adistribution .*\ndebian12 +default +up-to-date +{Version} +qcow2 +\d+ d +20\d\d-\d\d-\d\d +not signed +just now"
                + @"\nLast run \S+ \(partial\) ended just now", status.StandardOutput);
    }

    [Fact]
    public async Task A_cloud_that_does_not_answer_is_named_and_the_images_of_the_others_are_shown()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);
        await scenario.Program.RunAsync("sync", "debian12");
        var clouds = scenario.Program.Write("clouds.json", """
            { "clouds": ["default", { "name": "gone", "auth": { "authUrl": "http://127.0.0.1:9/v3", "username": "u", "password": "p", "projectName": "p" } }] }
            """);

        var both = await scenario.Program.RunAsync("images", "--json", "--config", clouds);
        var one = await scenario.Program.RunAsync("images", "--cloud", "default", "--config", clouds);

        Assert.Equal((1, 0), (both.ExitCode, one.ExitCode));
        Assert.Equal(
            $"{scenario.Prefix}Debian 12 [{Version}]", (string)Assert.Single(
                JsonNode.Parse(both.StandardOutput)!.AsArray())!["image"]!["name"]!);
        Assert.Matches(@"(?m)^imgsync: Cannot sign in .* on cloud 'gone': ", both.StandardError);
        Assert.Empty(one.StandardError);
    }

    [Fact]
    public async Task A_second_table_says_what_became_of_superseded_images()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Program.Environment["IMGSYNC__PUBLISH__KEEP"] = "1";
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, "20240701-1790");
        await scenario.Program.RunAsync("sync", "debian12");
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version);

        var ended = await scenario.Program.RunAsync("sync", "debian12");

        Assert.Equal(0, ended.ExitCode);
        Assert.Matches(@"(?m)^superseded image\s+cloud\s+what became of it\s+why$", ended.StandardOutput);
        Assert.Matches(@"Debian 12 \[20240701-1790\]\s+default\s+deleted\s+20240717-1811 took its place", ended.StandardOutput);
        Assert.Equal($"{scenario.Prefix}Debian 12 [{Version}]: active, public", Assert.Single(await scenario.ImagesAsync()));
    }

    [Fact]
    public async Task On_a_terminal_a_live_bar_shows_bytes_rate_and_time_left_and_the_end_is_one_line()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version, content: new Qcow2Builder { DataSize = 4 << 20 });
        scenario.Upstream.Fault = ProxyFault.SlowTo(2 << 20).OfDownloads();
        using var terminal = new PseudoTerminal(120, rows: 24);

        Assert.Equal(0, await terminal.RunAsync(scenario.Program, "$imgsync sync debian12"));
        terminal.Hang();

        Assert.Matches(
            @"\Adebian12 > default transferring    ━+╌+ +\d+% +[0-9.]+ [KM]iB/s +0:0\d left +[0-9.]+ [KM]iB of 4\.3 MiB\z",
            terminal.Screen.FindFrame(" left "));
        Assert.Matches(
            $@"\Adistribution .*\ndebian12 +default +published +{Version} (?s:.*)\n1 published; 4\.3 MiB in [0-9.]+ s\z",
            terminal.Screen.Text);
        Assert.Equal(0, terminal.Screen.Wraps);
    }

    [Fact]
    public async Task Ctrl_C_in_the_middle_of_an_upload_leaves_nothing_in_glance_keeps_the_download_for_the_next_run_and_exits_130()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version, content: new Qcow2Builder { DataSize = 32 << 20 });
        scenario.Upstream.Fault = ProxyFault.SlowTo(8 << 20).OfDownloads();
        var running = scenario.Program.Start("sync", "debian12");
        await scenario.WaitForUploadAsync();
        Assert.NotEmpty(scenario.HalfMade());

        await CliWrap.Cli.Wrap("kill").WithArguments(
            ["-INT", running.ProcessId.ToString(CultureInfo.InvariantCulture)]).ExecuteAsync(Cancel);
        var ended = await running;

        Assert.Equal(130, ended.ExitCode);
        Assert.Contains("Interrupted", ended.StandardError, StringComparison.Ordinal);
        Assert.Empty(await scenario.ImagesAsync());
        var kept = new FileInfo(Assert.Single(scenario.HalfMade(), file => file.EndsWith(".partial", StringComparison.Ordinal))).Length;
        var status = await scenario.Program.RunAsync("runs", "last");
        var report = JsonNode.Parse((await scenario.Program.RunAsync("runs", "last", "--json")).StandardOutput)!;
        Assert.Equal(1, status.ExitCode);
        Assert.Matches(@"^Run \S+ \(partial, cancelled\) began .*, until it was stopped\n", status.StandardOutput);
        Assert.Matches($@"(?m)^debian12\s+\S+\s+cancelled\s+{Version}\s+{kept >> 20}\s", status.StandardOutput);
        Assert.Contains("is kept, and the next run goes on from there", status.StandardError, StringComparison.Ordinal);
        Assert.Equal((true, kept), ((bool)report["cancelled"]!, (long)report["outcomes"]![0]!["bytesDownloaded"]!));
    }

    [Fact]
    public async Task The_stack_of_a_failure_is_told_only_to_those_who_ask()
    {
        await using var scenario = await SyncScenario.StartAsync(cloud);
        scenario.Tree.PublishWrongDigest(scenario.Tree.PublishDebian(DebianRelease.Bookworm, Version));

        var plain = await scenario.Program.RunAsync("sync", "debian12");
        var verbose = await scenario.Program.RunAsync("sync", "debian12", "-v");

        Assert.Equal((1, 1), (plain.ExitCode, verbose.ExitCode));
        Assert.Contains("does not hash to sha512:", plain.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Imgsync.", plain.StandardOutput + plain.StandardError, StringComparison.Ordinal);
        Assert.Contains("   at Imgsync.", verbose.StandardError, StringComparison.Ordinal);
        Assert.Empty(await scenario.ImagesAsync());
    }
}
