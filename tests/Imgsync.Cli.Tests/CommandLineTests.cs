using CliWrap;
using CliWrap.Buffered;
using Imgsync.Testing.Upstream;

namespace Imgsync.Cli.Tests;

/// <summary>The program as a shell sees it: exit codes, standard output, standard error.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("imgsync-cli-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_catalogue_is_the_answer_on_standard_output_and_nothing_is_on_standard_error()
    {
        var ended = await RunAsync("list");

        Assert.Equal(0, ended.ExitCode);
        Assert.Empty(ended.StandardError);
        foreach (var key in (string[])["debian11", "debian12", "debian-testing", "ubuntu18", "ubuntu20", "ubuntu22", "ubuntu24", "debian12-arm64"])
            Assert.Contains(ended.StandardOutput.Split('\n'), line => line.StartsWith(key + " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_misspelt_distribution_is_refused_with_the_nearest_name()
    {
        var ended = await RunAsync("sync", "debain12", "--download-only");

        Assert.Equal(2, ended.ExitCode);
        Assert.Empty(ended.StandardOutput);
        Assert.Contains("did you mean debian12?", ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_option_is_a_usage_error()
    {
        var ended = await RunAsync("sync", "debian12", "--dry-rnu");

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("--help", ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_of_a_settings_file_is_named_by_its_key_at_once()
    {
        var settings = Path.Combine(_home.FullName, "bad.json");
        await File.WriteAllTextAsync(settings, """{ "maxParalel": 3, "publish": { "keep": 0, "properties": ["no-equals-sign"] } }""", Cancel);

        var ended = await RunAsync("list", "--config", settings);

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("maxParalel", ended.StandardError, StringComparison.Ordinal);
        Assert.Contains("publish.keep", ended.StandardError, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("no-equals-sign", ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sync_without_a_cloud_says_how_to_name_one()
    {
        var ended = await RunAsync("sync", "debian12");

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("OS_AUTH_URL", ended.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_failed_distribution_makes_the_exit_code_1_and_the_others_arrive()
    {
        var tree = new UpstreamTree(Path.Combine(_home.FullName, "upstream"));
        Directory.CreateDirectory(tree.Folder);
        tree.PublishDebian(DebianRelease.Bookworm, "20240717-1811");
        await using var server = await FolderServer.StartAsync(tree.Folder, Cancel);
        var settings = Path.Combine(_home.FullName, "imgsync.json");
        await File.WriteAllTextAsync(settings, $$"""{ "publishers": { "debian": "{{server.DebianUrl}}" }, "upstream": { "retries": 0 } }""", Cancel);

        var ended = await RunAsync("sync", "debian12", "debian13", "--download-only", "--json", "--config", settings);

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("\"kind\": \"Staged\"", ended.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("\"kind\": \"Failed\"", ended.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Imgsync.", ended.StandardOutput + ended.StandardError, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Delete(recursive: true);

    /// <summary>In a home of its own, so that no settings of this machine's user count.</summary>
    private async Task<BufferedCommandResult> RunAsync(params string[] arguments) =>
        await CliWrap.Cli.Wrap("dotnet")
            .WithArguments([Path.Combine(AppContext.BaseDirectory, "imgsync.dll"), .. arguments])
            .WithWorkingDirectory(_home.FullName)
            .WithEnvironmentVariables(new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOME"] = _home.FullName, ["OS_AUTH_URL"] = null })
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Cancel);
}
