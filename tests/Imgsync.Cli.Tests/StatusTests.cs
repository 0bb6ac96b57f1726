using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Imgsync.Cli.Commands;
using Imgsync.Cli.Commands.Status;
using Imgsync.Core;
using Imgsync.Core.Reporting;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging.Folders;

namespace Imgsync.Cli.Tests;

/// <summary>How the images stand after several runs, told to a person, a program and a monitoring system.</summary>
public sealed partial class StatusTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly ProgramRun _program = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Revision => Now.AddDays(-12).ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task It_says_what_stands_and_what_is_wrong_whichever_run_found_it_at_every_width()
    {
        await SaveAsync();
        var screens = await Task.WhenAll(new[] { 40, 80, 120, 200 }.Select(async columns =>
        {
            using var terminal = new PseudoTerminal(columns, rows: 24);
            using var program = new ProgramRun();
            program.Write("imgsync.json", await File.ReadAllTextAsync(Path.Combine(_program.Home, "imgsync.json"), Cancel));
            var status = await terminal.RunAsync(program, "$imgsync status; code=$?; echo; $imgsync runs; exit $code");
            terminal.Hang();
            var screen = Dates().Replace(terminal.Screen.Text, "2024-07-17 18:11");
            return (Columns: columns, Code: status, Screen: screen, terminal.Screen.Wraps);
        }));

        foreach (var (columns, code, screen, wraps) in screens)
        {
            Assert.Equal((1, 0), (code, wraps));
            Screens.Same($"status-{columns}", screen.Replace(Revision, "20240705", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task As_a_check_it_is_one_line_and_a_monitoring_plugins_exit_code()
    {
        var none = await _program.RunAsync("status", "--max-age", "26h", "--set", $"staging.folder={_program.Home}");
        await SaveAsync();
        var critical = await _program.RunAsync("status", "--max-age", "26h");
        var broken = await _program.RunAsync("status", "--max-age", "26h", "--set", "publish.keep=none");
        var misspelt = await _program.RunAsync("status", "--max-age", "soon");
        var json = JsonNode.Parse((await _program.RunAsync("status", "--json")).StandardOutput)!;

        Assert.Equal([3, 2, 3, 2], new[] { none, critical, broken, misspelt }.Select(ended => ended.ExitCode));
        Assert.Equal(
            "IMGSYNC UNKNOWN - no run has ended yet with this staging | images=0;;;0 wrong=0;;0;0 unchecked=0;0;;0 age=0s;;93600;0\n",
            none.StandardOutput);
        Assert.Matches(
            @"\AIMGSYNC CRITICAL - ubuntu24 for lyon failed: GET / no good\. \| "
                + @"images=4;;;0 wrong=1;;0;0 unchecked=1;0;;0 age=\d+s;;93600;0\n\z",
            critical.StandardOutput);
        Assert.Matches(@"\AIMGSYNC UNKNOWN - publish\.keep .*\n\z", broken.StandardOutput);
        Assert.Contains("must be a duration such as 26h", misspelt.StandardError, StringComparison.Ordinal);
        Assert.Equal(
            ["up-to-date", "failed", "warning", "unknown"], json["images"]!.AsArray().Select(image => (string?)image!["state"]));
        Assert.Equal(
            ["2028-06-30", "2029-05-31", "2030-06-30", "2026-08-31"],
            json["images"]!.AsArray().Select(image => (string?)image!["supportedUntil"]));
        Assert.Equal(
            [("raw", "qcow2", null), (null, null, null), ("qcow2", null, "raw"), (null, null, null)],
            json["images"]!.AsArray().Select(image =>
                ((string?)image!["diskFormat"], (string?)image["convertedFrom"], (string?)image["wantedDiskFormat"])));
        Assert.Equal("Cannot tell notify[0] (slack at hooks.example).", (string?)Assert.Single(json["warnings"]!.AsArray()));
    }

    [Fact]
    public async Task The_metrics_are_those_of_the_stored_reports_and_a_file_of_them_is_whole_or_not_there()
    {
        await SaveAsync();
        var file = Path.Combine(_program.Home, "imgsync.prom");
        await File.WriteAllTextAsync(file, "an older one", Cancel);

        var shown = await _program.RunAsync("metrics");
        var written = await _program.RunAsync("metrics", "--output", "imgsync.prom");
        var nowhere = await _program.RunAsync("metrics", "--output", Path.Combine("none", "imgsync.prom"));
        var broken = await _program.RunAsync("metrics", "--output", "imgsync.prom", "--set", "publish.keep=none");

        Assert.Equal([0, 0, 1, 2], new[] { shown, written, nowhere, broken }.Select(ended => ended.ExitCode));
        Assert.All(
            [
                "imgsync_image_state{distribution=\"debian12\",cloud=\"lyon\",state=\"up-to-date\"} 1",
                "imgsync_image_state{distribution=\"ubuntu24\",cloud=\"lyon\",state=\"failed\"} 1",
                "imgsync_image_state{distribution=\"debian11\",cloud=\"lyon\",state=\"unknown\"} 1",
                "imgsync_last_run_success{kind=\"complete\"} 0",
            ],
            line => Assert.Contains(line, shown.StandardOutput.Split('\n')));
        Assert.Equal(
            WithoutAges(shown.StandardOutput), WithoutAges(await File.ReadAllTextAsync(file, Cancel)));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead));
        Assert.Equal(["imgsync.prom"], Directory.GetFiles(_program.Home, "*imgsync.prom*").Select(Path.GetFileName));
        Assert.Equal(("", ""), (written.StandardOutput, written.StandardError));
        Assert.Contains("The metrics cannot be written to ", nowhere.StandardError, StringComparison.Ordinal);

        static IEnumerable<string> WithoutAges(string page) =>
            page.Split('\n').Where(line => !line.StartsWith("imgsync_image_age_seconds{", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3, null, null, 0, "OK - 1 images are up to date |")]
    [InlineData(27, null, null, 2, "CRITICAL - debian12 for lyon was last checked 27 h ago |")]
    [InlineData(3, "old.", null, 1, "WARNING - debian12 for lyon: old. |")]
    [InlineData(3, "old.", "no.", 2, "CRITICAL - debian12 for lyon failed: no. |")]
    [InlineData(null, null, null, 1, "WARNING - debian12 for lyon has never been checked |")]
    public void The_worst_decides(int? checkedHoursAgo, string? warning, string? wrong, int code, string line)
    {
        var image = new ImageStanding
        {
            Distribution = "debian12",
            Cloud = "lyon",
            CheckedAt = Now - (checkedHoursAgo is { } hours ? TimeSpan.FromHours(hours) : null),
            Warning = warning,
            Wrong = wrong is null ? null : new Problem(RunId.Parse("a"), Now, Now, OutcomeKind.Failed, null, wrong),
        };
        var past = PastRun.Of(new SyncReport(RunId.Parse("a"), Now, Now, DryRun: false, [], PruneReport.Nothing));

        var standing = new Standing([image], [past], []);
        var figures = new ImageFigures(image, Built: null, MaxAge: null, EndOfSupport: null);
        var judged = MonitoringCheck.Judge(StatusAnswer.Of(standing, [figures], _ => null, Now), TimeSpan.FromHours(26));

        Assert.Equal(code, judged.Code);
        Assert.StartsWith($"IMGSYNC {line}", judged.Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("26h", 26 * 60)]
    [InlineData("90 min", 90)]
    [InlineData("1.5d", 36 * 60)]
    [InlineData("0h", null)]
    [InlineData("h", null)]
    [InlineData("26", null)]
    public void A_duration_is_a_number_with_a_unit(string text, int? minutes) =>
        Assert.Equal(minutes, (int?)Durations.Parse(text)?.TotalMinutes);

    /// <summary>A complete run, then a partial one and a dry one that find nothing wrong with what they look at.</summary>
    private async Task SaveAsync()
    {
        _program.Write("imgsync.json", $$"""
            {
              "distributions": ["debian12", "ubuntu24", "debian13", "debian11"], "staging": { "folder": "{{_program.Home}}" },
              "clouds": [
                { "name": "lyon", "auth": { "authUrl": "https://a.example/v3", "username": "u", "password": "p", "projectName": "p" },
                  "publish": { "diskFormat": "raw" } } ]
            }
            """);
        var store = new ReportStore(new FolderDocumentStore(_program.Home));
        var old = Good("debian13") with { Warning = "It is old; look at your mirror." };
        await store.SaveAsync(Run(1, 3, Good("debian12"), old, Failed), Cancel);
        await store.SaveAsync(Run(2, 2, Good("debian12")) with { Complete = false }, Cancel);
        await store.WarnAsync(RunId.Parse("20240717T181102Z-3f9a"), "Cannot tell notify[0] (slack at hooks.example).", Cancel);
        await store.SaveAsync(Run(3, 1, Good("debian12"), Good("ubuntu24")) with { DryRun = true }, Cancel);
    }

    private static SyncReport Run(int number, int hoursAgo, params ImageOutcome[] outcomes)
    {
        var ended = DateTimeOffset.UtcNow.AddHours(-hoursAgo).AddMinutes(-30);
        return new SyncReport(
            RunId.Parse($"20240717T18110{number}Z-3f9a"), ended.AddSeconds(-41), ended, DryRun: false, outcomes, PruneReport.Nothing)
        {
            Complete = true,
        };
    }

    /// <summary>Debian 12 was converted; Debian 13 went as it is published before the settings wanted raw.</summary>
    private static ImageOutcome Good(string distribution) => new()
    {
        Distribution = distribution,
        Cloud = "lyon",
        Kind = OutcomeKind.Published,
        Reason = "New.",
        Revision = Revision,
        ImageName = distribution,
        ImageId = distribution,
        DiskFormat = distribution is "debian12" ? "raw" : "qcow2",
        ConvertedFrom = distribution is "debian12" ? "qcow2" : null,
        BytesDownloaded = 300 << 20,
        Provenance = distribution is "debian12" ? "signed by 0123456789ABCDEF0123456789ABCDEF01234567" : "digest over HTTPS, not signed",
    };

    private static ImageOutcome Failed => new()
    {
        Distribution = "ubuntu24",
        Cloud = "lyon",
        Kind = OutcomeKind.Failed,
        Reason = "GET | no good.",
        Failure = "upstream",
    };

    [GeneratedRegex("20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}", RegexOptions.NonBacktracking)]
    private static partial Regex Dates();
}
