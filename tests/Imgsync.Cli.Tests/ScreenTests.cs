using System.Text.RegularExpressions;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>Whole screens of a real pseudo-terminal, at the widths that people have.</summary>
public sealed partial class ScreenTests
{
    private const string Version = "20240717-1811";

    private static readonly int[] Widths = [40, 80, 120, 200];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_one_line_an_image_that_never_wraps_and_ctrl_c_is_told_below()
    {
        // One has arrived, one has failed, the publisher has stopped in the middle of one, and one waits.
        using var home = new ProgramRun();
        var tree = new UpstreamTree(Path.Combine(home.Home, "upstream"));
        Directory.CreateDirectory(tree.Folder);
        tree.PublishDebian(DebianRelease.Bookworm, Version, content: new Qcow2Builder { DataSize = 8 << 20 });
        tree.PublishDebian(DebianRelease.Trixie, Version);
        await using var server = await FolderServer.StartAsync(tree.Folder, Cancel);

        var screens = await Task.WhenAll(Widths.Select(columns => StallAsync(columns, server)));

        foreach (var (columns, (middle, stopping, last)) in Widths.Zip(screens))
        {
            Screens.Same($"sync-{columns}", middle);
            Assert.Matches(@"\nStopping; what has been downloaded is\skept \(once more to stop at once\) \.\.\.\z", stopping);
            Assert.Matches(
                @"(?s)\AStopping;.*\ndebian12\s+cancelled.*no firewall is\sin\sbetween\..*"
                    + @"\n1 staged, 1 failed, 2 cancelled; 4\.0\sMiB\sin\s[0-9.]+\ss\nimgsync: Interrupted\.\z", last);
        }
    }

    [Fact]
    public async Task The_bars_are_on_standard_error_the_table_on_standard_output_and_each_looks_where_it_goes()
    {
        using var program = new ProgramRun();
        using var terminal = new PseudoTerminal(80, rows: 24);
        program.Write("imgsync.json", """
            {
              "distributions": ["ubuntu24", "ubuntu22"], "publishers": { "ubuntu": "http://127.0.0.1:1/" },
              "upstream": { "retries": 0 }, "workflow": { "attempts": 1 }
            }
            """);

        await terminal.RunAsync(program, "$imgsync sync --download-only >table");
        await terminal.RunAsync(program, "$imgsync sync --download-only 2>story");
        await terminal.RunAsync(program, "NO_COLOR=1 $imgsync sync --download-only --no-progress 2>plain");
        await terminal.RunAsync(program, "TERM=dumb $imgsync sync --download-only -q >quiet");
        await terminal.RunAsync(program, "$imgsync sync --download-only --color always >colours 2>&1");
        terminal.Hang();

        Assert.Equal(
            """
            ubuntu24 FAILED  GET http://127.0.0.1:1/noble/current/SHA256SUMS failed becaus…
            ubuntu22 FAILED  GET http://127.0.0.1:1/jammy/current/SHA256SUMS failed becaus…
            2 images: 2 failed; cleaning up
            imgsync: ubuntu24: GET http://127.0.0.1:1/noble/current/SHA256SUMS failed
            because no connection to 127.0.0.1:1 can be made (Connection refused); check
            that the server is up and no firewall is in between.
            imgsync: ubuntu22: GET http://127.0.0.1:1/jammy/current/SHA256SUMS failed
            because no connection to 127.0.0.1:1 can be made (Connection refused); check
            that the server is up and no firewall is in between.
            distribution  outcome  revision  MiB down  MiB up    s  what happened
            ubuntu24      failed   -                0       0  0.0  see below
            ubuntu22      failed   -                0       0  0.0  see below
            2 failed in T
            distribution  outcome  revision  MiB down  MiB up    s  what happened
            ubuntu24      failed   -                0       0  0.0  see below
            ubuntu22      failed   -                0       0  0.0  see below
            2 failed in T
            imgsync: ubuntu24: GET http://127.0.0.1:1/noble/current/SHA256SUMS failed
            because no connection to 127.0.0.1:1 can be made (Connection refused); check
            that the server is up and no firewall is in between.
            imgsync: ubuntu22: GET http://127.0.0.1:1/jammy/current/SHA256SUMS failed
            because no connection to 127.0.0.1:1 can be made (Connection refused); check
            that the server is up and no firewall is in between.
            """.ReplaceLineEndings("\n"),
            Seconds().Replace(Times().Replace(terminal.Screen.Text, "in T"), "0.0"));
        Assert.Matches(
            @"\Adistribution  cloud  outcome .*\nubuntu24 .* see below\nubuntu22 .* see below\n2 failed in \S+ m?s\n\z", Of("table"));
        Assert.Matches(
            @"\A2 images: asking the publishers what is newest\nubuntu2.: asking upstream\n(?s:.*)\nimgsync: ubuntu24: GET", Of("story"));
        Assert.StartsWith("imgsync: ubuntu24: GET", Of("plain"), StringComparison.Ordinal);
        Assert.Equal("", Of("quiet"));
        Assert.Contains("\e[1;31mfailed\e[0m", Of("colours"), StringComparison.Ordinal);
        Assert.DoesNotContain('\e', Of("table") + Of("story") + Of("plain"));

        string Of(string file) => File.ReadAllText(Path.Combine(program.Home, file));
    }

    private static async Task<(string Middle, string Stopping, string Last)> StallAsync(int columns, FolderServer server)
    {
        await using var proxy = new FaultProxy(server.Url) { Fault = ProxyFault.StallAfter(4 << 20).OfDownloads() };
        using var program = new ProgramRun();
        program.Write("imgsync.json", $$"""
            {
              "distributions": ["debian13", "ubuntu24", "debian12", "debian11"], "maxParallel": 1,
              "publishers": { "debian": "{{new Uri(proxy.Url, "debian/")}}", "ubuntu": "http://127.0.0.1:1/" },
              "upstream": { "retries": 0 }, "workflow": { "attempts": 1 }
            }
            """);
        using var terminal = new PseudoTerminal(columns, rows: 24);

        var run = terminal.RunAsync(program, "$imgsync sync --download-only");
        await Eventually.TrueAsync("the download stalls", () => terminal.Screen.FindFrame("stalled") is not null);
        Assert.Equal("1;31", terminal.Screen.StyleOf("ubuntu24"));
        terminal.Type("\u0003");
        Assert.Equal(130, await run);
        terminal.Hang();

        Assert.Equal((0, true), (terminal.Screen.Wraps, terminal.Screen.IsCursorShown));
        return (
            Times().Replace(terminal.Screen.FindFrame("stalled")!, "in T"),
            terminal.Screen.FindFrame("Stopping")!,
            terminal.Screen.Text);
    }

    [GeneratedRegex(@"in [0-9.]+ m?s", RegexOptions.NonBacktracking)]
    private static partial Regex Times();

    [GeneratedRegex(@"0\.[0-9](?=  see below)", RegexOptions.None, 1000)]
    private static partial Regex Seconds();
}
