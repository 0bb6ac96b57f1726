using Imgsync.Cli.CommandLine;
using Imgsync.Cli.Commands;

namespace Imgsync.Cli.Tests;

/// <summary>What a shell offers at Tab.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly ProgramRun _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Commands_options_keys_and_settings_are_offered_where_they_may_stand()
    {
        Assert.Equal(["sync"], Offered("sy"));
        Assert.Equal(["check", "import", "show"], Offered("config", ""));
        Assert.Equal(["--download-only", "--dry-run"], Offered("sync", "--d"));
        Assert.Equal(
            ["fedora-arm64", "fedora-previous", "fedora-previous-arm64"],
            Offered("sync", "debian11", "fedora", "fed").Where(key => !key.Contains("coreos", StringComparison.Ordinal)));
        Assert.Contains("publish.keep=", Offered("sync", "--set", "publish."));
        Assert.Equal(["signed=", "supported="], Offered("list", "--filter", "s"));
        Assert.Equal(["arch=aarch64", "arch=amd64", "arch=amd64v2", "arch=arm64"], Offered("sync", "--filter", "arch=a"));
        Assert.Contains("publish.keep=", Offered("--set", "publish.k"));
        Assert.DoesNotContain(Offered(""), word => word.StartsWith('-') || word is "complete");
    }

    [Fact]
    public async Task Bash_completes_keys_and_the_clouds_of_these_settings_at_the_cursor()
    {
        _program.Write("imgsync.json", """
            { "clouds": [
              { "name": "lyon", "auth": { "authUrl": "https://a.example/v3", "username": "u", "password": "p", "projectName": "p" } },
              { "name": "london", "auth": { "authUrl": "https://b.example/v3", "username": "u", "password": "p", "projectName": "p" } } ] }
            """);
        Install();
        var script = _program.Write("ask", """
            source <(imgsync completion bash)
            ask() { COMP_LINE=$1 COMP_POINT=${#1}; _imgsync imgsync; echo "${COMPREPLY[*]}"; }
            ask 'imgsync sync --cloud l'
            ask 'imgsync list '
            ask 'imgsync sync --set publish.latestName '
            ask 'imgsync config sh'
            """);

        var ended = await _program.RunAsync("bash", ["--norc", script]);

        Assert.Equal("", ended.StandardError);
        var lines = ended.StandardOutput.Split('\n');
        Assert.Equal(["london lyon", "", "show"], [lines[0], lines[1], lines[3]]);
    }

    [Fact]
    public async Task Fish_completes_with_what_each_word_means()
    {
        Requirement.DemandProgram("fish", "it is in Debian's package fish");
        Install();

        var ended = await _program.RunAsync(
            "fish",
            ["--no-config", "-c", "imgsync completion fish | source; complete -C 'imgsync sync rocky8'; complete -C 'imgsync li'"]);

        Assert.Equal("", ended.StandardError);
        Assert.Equal(
            "rocky8\tRocky Linux 8, x86_64\nrocky8-arm64\tRocky Linux 8 arm64, aarch64\n"
                + "list\tShows the catalogue: every distribution that can be synced.\n", ended.StandardOutput);
    }

    [Fact]
    public async Task Zsh_can_read_its_script()
    {
        Requirement.DemandProgram("zsh", "it is in Debian's package zsh");
        var script = await _program.RunAsync("completion", "zsh");

        var read = await _program.RunAsync("zsh", ["-n", _program.Write("script", script.StandardOutput)]);

        Assert.Equal((0, ""), (read.ExitCode, read.StandardError));
    }

    /// <summary>Puts the program on the search path by its name.</summary>
    private void Install()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_program.Home, "bin")).FullName;
        var start = _program.Write("bin/imgsync", $"#!/bin/sh\nexec {string.Join(' ', ProgramRun.Program)} \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(start, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _program.Environment["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
    }

    private static List<string> Offered(params string[] words)
    {
        using var terminal = new Terminal();
        var root = ImgsyncProgram.Root(new SharedOptions(), terminal);
        return [.. Completions.Of(root, words).Select(candidate => candidate.Word).Order(StringComparer.Ordinal)];
    }
}
