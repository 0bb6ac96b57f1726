using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>What is wrong before anything was done: one sentence a fault, naming the key, and exit code 2.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly ProgramRun _program = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{ "maxParalel": 3 }""", "maxParalel", "maxParallel")]
    [InlineData("""{ "publish": { "keep": 0 } }""", "publish.keep", "")]
    [InlineData("""{ "publish": { "properties": ["no-equals-sign"] } }""", "no-equals-sign", "")]
    [InlineData("""{ "publish": { "properties": ["source=mine"] } }""", "source", "")]
    [InlineData("""{ "publish": { "properties": ["imgsync.sha256=0"] } }""", "imgsync.sha256", "")]
    [InlineData("""{ "publishers": { "debian": "mirror.example.org/debian" } }""", "publishers.debian", "mirror.example.org/debian")]
    [InlineData("""{ "publishers": { "debian": "ftp://mirror.example.org/" } }""", "publishers.debian", "ftp")]
    [InlineData("""{ "distributions": ["debian12" """, "bad.json", "")]
    [InlineData("""{ "distributions": ["debain12"] }""", "distributions[0]", "did you mean debian12?")]
    [InlineData("""{ "maxParallel": 3, "maxParallel": 3 }""", "maxParallel", "line 1, byte 21")]
    [InlineData("""{ "publish": { "prefix": "\ud800" } }""", "bad.json", "line 1, byte 26")]
    public async Task A_fault_of_the_settings_is_named_by_its_key(string settings, string key, string mentioned)
    {
        var ended = await _program.RunAsync("sync", "debian12", "--download-only", "--config", _program.Write("bad.json", settings));

        AssertRefused(ended, key, mentioned);
    }

    [Fact]
    [Shows("what-a-terminal-would-obey-is-shown-as-the-text-it-is")]
    public async Task What_a_terminal_would_obey_is_shown_as_the_text_it_is()
    {
        var ended = await _program.RunAsync("sync", "\u001b]0;owned\u0007\nimgsync: all is well", "--download-only");

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("�]0;owned��imgsync: all is well", ended.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', ended.StandardError);
    }

    [Theory]
    [InlineData("OS_AUTH_URL", "keystone.example.org:5000")]
    [InlineData("IMGSYNC__PUBLISHERS__UBUNTU", "not a url")]
    public async Task A_malformed_url_in_the_environment_is_named_by_its_variable(string variable, string value)
    {
        _program.Environment[variable] = value;

        var ended = await _program.RunAsync("sync", "debian12", "--download-only");

        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith(
            $"imgsync: {variable} (environment) is '{value}': it must be a whole URL", ended.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AZURE_AUTHORITY_HOST", "nowhere")]
    [InlineData("AZURE_TENANT_ID", "no where")]
    [InlineData("AZURE_TOKEN_CREDENTIALS", "nobody")]
    public async Task Variables_of_which_no_identity_can_be_made_are_named(string variable, string value)
    {
        _program.Environment["IMGSYNC__STAGING__BLOBENDPOINT"] = "https://account.blob.example.org";
        _program.Environment[variable] = value;

        var ended = await _program.RunAsync("sync", "debian12", "--download-only");

        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith("imgsync: staging.blobEndpoint asks for an identity, ", ended.StandardError, StringComparison.Ordinal);
        Assert.Contains(variable, ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_are_named_at_once()
    {
        var settings = _program.Write("bad.json", """{ "maxParalel": 3, "publish": { "keep": 0, "properties": ["no-equals-sign"] } }""");

        var ended = await _program.RunAsync("list", "--config", settings);

        Assert.Equal(2, ended.ExitCode);
        Assert.Equal(3, ended.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("debain12", "did you mean debian12?")]
    [InlineData("slackware", "slackware")]
    public async Task An_unknown_distribution_is_refused_before_anything_is_asked(string key, string mentioned) =>
        AssertRefused(await _program.RunAsync("sync", key, "--download-only"), key, mentioned);

    [Fact]
    public async Task An_unknown_cloud_is_refused_by_its_name() =>
        AssertRefused(await _program.RunAsync("sync", "debian12", "--cloud", "berlin"), "berlin", "");

    [Fact]
    public async Task A_sync_without_a_cloud_says_how_to_name_one() =>
        AssertRefused(await _program.RunAsync("sync", "debian12"), "OS_AUTH_URL", "");

    [Fact]
    public async Task A_settings_file_that_is_not_there_is_named() =>
        AssertRefused(await _program.RunAsync("list", "--config", "missing.json"), "missing.json", "");

    [Fact]
    public async Task A_staging_folder_that_cannot_be_written_is_named_and_nothing_is_downloaded()
    {
        var tree = new UpstreamTree(Path.Combine(_program.Home, "upstream"));
        Directory.CreateDirectory(tree.Folder);
        tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await using var server = await FolderServer.StartAsync(tree.Folder, Cancel);
        _program.Environment["IMGSYNC__PUBLISHERS__DEBIAN"] = server.DebianUrl.AbsoluteUri;
        _program.Environment["IMGSYNC__STAGING__FOLDER"] = _program.Write("a-file", "") + "/staging";

        var ended = await _program.RunAsync("sync", "debian12", "--download-only");

        Assert.Equal(1, ended.ExitCode);
        var sentence = Assert.Single(ended.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("a-file/staging", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("unforeseen", sentence, StringComparison.Ordinal);
        Assert.Equal(0, server.ImageBytes);
    }

    public void Dispose() => _program.Dispose();

    private static void AssertRefused(CliWrap.Buffered.BufferedCommandResult ended, string key, string mentioned)
    {
        Assert.Equal(2, ended.ExitCode);
        Assert.Empty(ended.StandardOutput);
        var sentence = Assert.Single(ended.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("imgsync: ", sentence, StringComparison.Ordinal);
        Assert.Contains(key, sentence, StringComparison.Ordinal);
        Assert.Contains(mentioned, sentence, StringComparison.Ordinal);
    }
}
