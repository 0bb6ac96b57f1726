using Imgsync.Cli.CommandLine;
using Imgsync.Cli.Commands;

namespace Imgsync.Cli.Tests;

/// <summary>What somebody meets who has never called the program, who mistypes, or who calls it as the older tool.</summary>
public sealed class FrontDoorTests : IDisposable
{
    private readonly ProgramRun _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Alone_it_explains_itself_with_examples()
    {
        var alone = await _program.RunAsync();

        Assert.Equal((0, ""), (alone.ExitCode, alone.StandardError));
        Assert.Matches(@"(?m)^  sync <keys>\s+Brings the newest official images into Glance\.$", alone.StandardOutput);
        Assert.Contains("Examples:\n  imgsync config check ", alone.StandardOutput, StringComparison.Ordinal);
        Assert.All(alone.StandardOutput.Split('\n'), line => Assert.True(line.Length <= 120, line));
    }

    [Fact]
    public async Task A_wrong_word_is_told_with_the_one_that_was_meant()
    {
        // One process for each is dear, so the parser is asked itself where nothing but its sentence counts.
        var ended = await _program.RunAsync("snyc", "debian12");

        Assert.Equal((2, ""), (ended.ExitCode, ended.StandardOutput));
        Assert.Equal(
            "imgsync: There is no command snyc (did you mean sync?).", ended.StandardError.Split('\n')[0]);
        foreach (var (line, sentence) in new Dictionary<string[], string>
        {
            [["config", "shw"]] = "There is no command shw of imgsync config (did you mean show?).",
            [["sync", "--dry-rnu"]] = "There is no option --dry-rnu of imgsync sync (did you mean --dry-run?).",
            [["list", "--jsn"]] = "There is no option --jsn of imgsync list (did you mean --json?).",
            [["sync", "--cluod=east"]] = "There is no option --cluod of imgsync sync (did you mean --cloud?).",
            [["--verbos", "list"]] = "There is no option --verbos of imgsync list (did you mean --verbose?).",
            [["config"]] = "imgsync config needs one of show, check, import.",
            [["frobnicate"]] = "There is no command frobnicate.",
            [["list", "debian12"]] = "debian12 is one argument more than imgsync list takes.",
        })
        {
            Assert.Equal(sentence, UsageErrors.Of(Root().Parse(line))[0]);
        }
    }

    [Fact]
    public async Task Help_and_version_are_commands_and_options()
    {
        var help = await _program.RunAsync("help", "config", "show");
        var option = await _program.RunAsync("config", "show", "--help");
        var wrong = await _program.RunAsync("help", "snyc");
        var version = await _program.RunAsync("version");
        var versionOption = await _program.RunAsync("--version");

        Assert.Equal([0, 0, 2, 0, 0], new[] { help, option, wrong, version, versionOption }.Select(ended => ended.ExitCode));
        Assert.Contains("Usage:\n  imgsync config show [options]\n", help.StandardOutput, StringComparison.Ordinal);
        Assert.Equal(option.StandardOutput, help.StandardOutput);
        Assert.Equal("imgsync: There is no command snyc (did you mean sync?).\n", wrong.StandardError);
        Assert.Equal(versionOption.StandardOutput, version.StandardOutput);
        Assert.Matches(@"\A\d+\.\d+\.\d+", version.StandardOutput);
    }

    [Theory]
    [InlineData("--config-file F sync", "sync --config F")]
    [InlineData("--config-file=F sync", "sync --config F")]
    [InlineData("--dry-run sync", "sync --dry-run")]
    [InlineData("--debug sync", "sync --verbose")]
    [InlineData("-d --nodry-run sync", "sync --verbose")]
    [InlineData("--download-only --log-file /var/log/x sync", "sync --download-only --set log.file=/var/log/x")]
    [InlineData("-c ours --dry-run sync debian12", "-c ours sync --dry-run debian12")]
    [InlineData("sync --dry-run", "sync --dry-run")]
    [InlineData("-c ours sync", "-c ours sync")]
    [InlineData("--config-file", "--config-file")]
    [InlineData("", "")]
    public void The_older_tools_command_lines_are_understood(string old, string now)
    {
        var arguments = old.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var understood = OldCommandLine.Translate(arguments);

        Assert.Equal(now, string.Join(' ', understood));
        Assert.Equal(old == now, ReferenceEquals(arguments, understood));
    }

    [Fact]
    public async Task The_older_tools_command_line_works_and_one_line_says_the_new_form()
    {
        var settings = _program.Write("the old.conf", "[DEFAULT]\ndistributions = nosuch\n");

        var ended = await _program.RunAsync("--config-file", settings, "--dry-run", "sync");

        var lines = ended.StandardError.Split('\n');
        Assert.Equal(
            $"imgsync: understood as the older tool's command line; the new form is: imgsync sync --config '{settings}' --dry-run",
            lines[0]);
        Assert.DoesNotContain("There is no", ended.StandardError, StringComparison.Ordinal);
        Assert.Contains("nosuch", ended.StandardError, StringComparison.Ordinal);
        Assert.Equal(2, ended.ExitCode);
    }

    [Fact]
    public void Every_example_is_a_command_line_of_the_program()
    {
        foreach (var example in Examples.Lines)
            Assert.Empty(Root().Parse(example[(example.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split('>')[0].Trim()).Errors);
    }

    [Fact]
    public async Task The_man_page_says_all_that_help_says_and_troff_has_nothing_to_complain_of()
    {
        var page = ManPage.Write(Root());

        Assert.StartsWith(".TH \"IMGSYNC\" \"1\"", page, StringComparison.Ordinal);
        foreach (var said in (string[])["imgsync config check", "\\-\\-download\\-only", "EXIT STATUS", "NO_COLOR"])
            Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.DoesNotContain("complete", page.Replace("completes", "", StringComparison.Ordinal), StringComparison.Ordinal);

        Requirement.DemandProgram("groff", "it is in Debian's package groff-base");
        var checkedPage = await _program.RunAsync("groff", ["-man", "-Tutf8", "-ww", _program.Write("imgsync.1", page)]);

        Assert.Equal((0, ""), (checkedPage.ExitCode, checkedPage.StandardError));
    }

    private static System.CommandLine.RootCommand Root()
    {
        using var terminal = new Terminal();
        return ImgsyncProgram.Root(new SharedOptions(), terminal);
    }
}
