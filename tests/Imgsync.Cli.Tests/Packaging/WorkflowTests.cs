using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;

namespace Imgsync.Cli.Tests.Packaging;

/// <summary>The workflows of the repository: linted, pinned, with no more rights than they need, and calling the scripts that people call.</summary>
public sealed partial class WorkflowTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Checkout.File(".github/workflows")).Select(file => Path.GetFileName(file))];

    [Fact]
    public async Task The_workflows_lint_clean_and_a_fault_in_one_is_noticed()
    {
        using var folder = new ProgramRun();
        var broken = folder.Write("ci.yml", (await TextAsync("ci.yml")).Replace("matrix.command", "matrix.comand", StringComparison.Ordinal));

        var clean = await LintAsync();
        var noticed = await LintAsync(broken);

        Assert.True(clean.ExitCode is 0, clean.StandardOutput + clean.StandardError);
        Assert.Contains($"Checking {Files.Count} workflow", clean.StandardOutput, StringComparison.Ordinal);
        Assert.Equal(1, noticed.ExitCode);
        Assert.Contains("\"comand\" is not defined", noticed.StandardOutput + noticed.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_action_is_pinned_and_every_right_is_asked_for_where_it_is_needed(string file)
    {
        var text = await TextAsync(file);

        var actions = Uses().Matches(text).Select(match => match.Groups["action"].Value.TrimEnd()).ToList();

        Assert.NotEmpty(actions);
        Assert.All(actions, action => Assert.Matches("^actions/[a-z-]+@[0-9a-f]{40} # v[0-9]+\\.[0-9]+\\.[0-9]+$", action));
        Assert.Contains("\npermissions:\n  contents: read\n", text, StringComparison.Ordinal);
        Assert.Equal(file is "release.yml", text.Contains(": write", StringComparison.Ordinal));
        Assert.Equal(Regex.Count(text, "actions/checkout@", RegexOptions.None, TimeSpan.FromSeconds(1)), Regex.Count(
            text, "persist-credentials: false", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.DoesNotContain("pull_request_target", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_workflows_call_what_people_call()
    {
        var all = string.Concat(await Task.WhenAll(Files.Select(file => TextAsync(file.Data))));
        var scripts = Scripts().Matches(all).Select(match => match.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(["./demo.sh", "./release.sh", ".ci/run"], scripts);
        Assert.All(scripts, script => Assert.True(
            OperatingSystem.IsWindows() || File.GetUnixFileMode(Checkout.File(script)).HasFlag(UnixFileMode.UserExecute), script));
        Assert.Contains("./test.sh", await File.ReadAllTextAsync(Checkout.File(".ci/run"), Cancel), StringComparison.Ordinal);
        Assert.Contains("--into FOLDER", await File.ReadAllTextAsync(Checkout.File("release.sh"), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_button_opens_the_template_of_the_repository_that_publishes_and_no_page_has_a_link_to_nowhere()
    {
        var notes = (await ChildProcess.Command(Checkout.File("release/notes.sh"), "Unreleased", "some-body/imgsync").ExecuteBufferedAsync(Cancel)).StandardOutput;

        var template = Uri.UnescapeDataString(Button().Match(notes).Groups["template"].Value);

        Assert.Equal("https://raw.githubusercontent.com/some-body/imgsync/vUnreleased/infra/azuredeploy.json", template);
        Assert.True(File.Exists(Checkout.File("infra/azuredeploy.json")));
        Assert.Contains("/releases/download/vUnreleased/Imgsync.Functions.Unreleased.zip\n", notes, StringComparison.Ordinal);
        Assert.Contains("\n### Added\n", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("](docs/", notes, StringComparison.Ordinal);
        Assert.Contains("release/notes.sh \"$GITHUB_REF_NAME\" \"$GITHUB_REPOSITORY\"", await TextAsync("release.yml"), StringComparison.Ordinal);
        Assert.Contains("](../../releases/latest)", await File.ReadAllTextAsync(Checkout.File("README.md"), Cancel), StringComparison.Ordinal);
    }

    private static Task<string> TextAsync(string file) => File.ReadAllTextAsync(Checkout.File($".github/workflows/{file}"), Cancel);

    private static async Task<BufferedCommandResult> LintAsync(params string[] files)
    {
        var ended = await ChildProcess.Command(Checkout.File("tests/actionlint.sh"), files)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Cancel);
        Requirement.Demand(ended.ExitCode is 4 ? ended.StandardError : null);
        return ended;
    }

    [GeneratedRegex("#create/Microsoft.Template/uri/(?<template>[^)]*)\\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Button();

    [GeneratedRegex("uses: (?<action>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uses();

    [GeneratedRegex(@"(?<=[ \[])(\./[a-z]+\.sh|\.ci/[a-z-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Scripts();
}
