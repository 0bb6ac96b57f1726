using System.Runtime.Versioning;
using CliWrap.Buffered;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>Where the program stages when no setting says so: never in the folder that somebody happened to start it in.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class StagingFolderTests : IDisposable
{
    private readonly ProgramRun _program = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A damaged report shows which folder was looked into, because the complaint about it has no other reason to appear.</summary>
    [Theory]
    [Shows("a-user-without-a-home-stages-where-systemd-or-xdg-says")]
    [InlineData("home/.cache/imgsync", "HOME=@/home")]
    [InlineData("cache/imgsync", "HOME=@/home", "XDG_CACHE_HOME=@/cache")]
    [InlineData("home/.cache/imgsync", "HOME=@/home", "XDG_CACHE_HOME=cache")]
    [InlineData("home/.cache/imgsync", "HOME=@/home", "STATE_DIRECTORY=@/state")]
    [InlineData("state", "HOME=/nonexistent", "STATE_DIRECTORY=@/state", "XDG_CACHE_HOME=@/cache")]
    [InlineData("state", "HOME=/", "STATE_DIRECTORY=@/state:@/second")]
    [InlineData("cache/imgsync", "HOME=/nonexistent", "XDG_CACHE_HOME=@/cache")]
    [InlineData("cache/imgsync", "HOME=/nonexistent", "XDG_CACHE_HOME=@/cache", "STATE_DIRECTORY=state")]
    [InlineData("cache/imgsync", "HOME=home", "XDG_CACHE_HOME=@/cache", "STATE_DIRECTORY=")]
    public async Task Staging_is_below_the_users_cache_or_where_a_user_without_a_home_may_keep_something(
        string folder, params string[] variables)
    {
        Directory.CreateDirectory(Path.Combine(_program.Home, "home"));
        Directory.CreateDirectory(Path.Combine(_program.Home, folder, "reports"));
        await File.WriteAllTextAsync(Path.Combine(_program.Home, folder, "reports", "last.json"), "{", Cancel);

        var ended = await RunAsync([], variables, "status");

        Assert.Contains("it is no report", ended.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HOME=/nonexistent")]
    [InlineData("HOME=")]
    [InlineData("HOME=/", "XDG_CACHE_HOME=cache")]
    [InlineData("HOME=/nonexistent", "STATE_DIRECTORY=state")]
    public async Task A_user_who_may_write_nowhere_is_told_of_the_folder_and_the_setting_and_the_current_folder_stays_as_it_is(
        params string[] variables)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "Only root can give a folder to another user.");
        var tree = new UpstreamTree(Path.Combine(_program.Home, "upstream"));
        Directory.CreateDirectory(tree.Folder);
        tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await using var server = await FolderServer.StartAsync(tree.Folder, Cancel);
        var current = Directory.CreateDirectory(Path.Combine(_program.Home, "current")).FullName;
        File.SetUnixFileMode(current, (UnixFileMode)511);

        var ended = await RunAsync(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
            [.. variables, $"IMGSYNC__PUBLISHERS__DEBIAN={server.DebianUrl.AbsoluteUri}"], "sync", "debian12", "--download-only");

        Assert.Equal(1, ended.ExitCode);
        var sentence = Assert.Single(ended.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("/var/cache/imgsync", sentence, StringComparison.Ordinal);
        Assert.Contains("set staging.folder", sentence, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(current));
    }

    /// <summary>Whichever of the folders and files is closed.</summary>
    [Theory]
    [InlineData("staging", "/staging/reports/last.json")]
    [InlineData("staging/reports", "/staging/reports/last.json")]
    [InlineData("staging/reports/last.json", "/staging/reports/last.json")]
    public async Task A_report_in_another_users_folder_is_told_with_whose_it_is(string closed, string denied)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "Only root can give a folder to another user.");
        Directory.CreateDirectory(Path.Combine(_program.Home, "staging", "reports"));
        await File.WriteAllTextAsync(Path.Combine(_program.Home, "staging", "reports", "last.json"), "{", Cancel);
        File.SetUnixFileMode(Path.Combine(_program.Home, closed), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await _program.RunAsync("chown", ["-R", "65534", Path.Combine(_program.Home, "staging")]);
        Directory.CreateDirectory(Path.Combine(_program.Home, "current"));

        // Without these root is a user like any other, and can still reach the program, wherever that is.
        var ended = await RunAsync(
            ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"], ["IMGSYNC__STAGING__FOLDER=@/staging"], "runs", "last");

        Assert.Equal(1, ended.ExitCode);
        Assert.Equal(
            $"imgsync: Reading reports/last.json in {_program.Home}/staging failed: Access to the path '{_program.Home}{denied}' is denied. "
                + "The folder belongs to another user (uid 65534): run this as that user, or set staging.folder to a folder of yours.\n",
            ended.StandardError);
    }

    public void Dispose() => _program.Dispose();

    private Task<BufferedCommandResult> RunAsync(string[] asUser, string[] variables, params string[] arguments) => _program.RunAsync(
        "env",
        [
            "-u", "XDG_CACHE_HOME", "-u", "STATE_DIRECTORY", "-C", asUser is [] ? _program.Home : Path.Combine(_program.Home, "current"),
            .. variables.Select(variable => variable.Replace("@", _program.Home, StringComparison.Ordinal)),
            .. asUser, .. ProgramRun.Program, .. arguments,
        ]);
}
